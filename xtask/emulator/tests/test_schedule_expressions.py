"""When a schedule is due: pure, so without an emulator."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from truthful_aws.schedule_expressions import InvalidSchedule, parse

pytestmark = pytest.mark.already_true  # it is no repair of ministack's own

START = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)  # a Sunday


@pytest.mark.parametrize(
    ("expression", "zone", "times"),
    [
        ("rate(5 minutes)", None, ["2026-03-01T00:35", "2026-03-01T00:40"]),
        ("rate(1 day)", None, ["2026-03-02T00:30"]),
        ("at(2026-03-01T09:31:00)", "Asia/Seoul", ["2026-03-01T00:31"]),
        ("cron(0 9 * * ? *)", "Asia/Seoul", ["2026-03-02T00:00", "2026-03-03T00:00"]),
        ("cron(0/20 * * * ? *)", None, ["2026-03-01T00:40", "2026-03-01T01:00"]),
        ("cron(0 12 ? * MON-FRI *)", None, ["2026-03-02T12:00", "2026-03-03T12:00"]),
        ("cron(0 0 L * ? *)", None, ["2026-03-31T00:00", "2026-04-30T00:00"]),
        ("cron(0 0 1W * ? *)", None, ["2026-03-02T00:00", "2026-04-01T00:00"]),
        ("cron(0 0 ? * 2#1 *)", None, ["2026-03-02T00:00", "2026-04-06T00:00"]),
        ("cron(0 0 ? * 6L *)", None, ["2026-03-27T00:00", "2026-04-24T00:00"]),
        ("cron(0 0 1 JAN ? 2027-2028)", None, ["2027-01-01T00:00", "2028-01-01T00:00"]),
        # Between 01:00 and 03:00 on 29 March there is no 02:30 in Berlin.
        ("cron(30 2 28-30 3 ? *)", "Europe/Berlin", ["2026-03-28T01:30", "2026-03-30T00:30"]),
    ],
)
def test_the_next_times(expression: str, zone: str | None, times: list[str]) -> None:
    schedule, moment, found = parse(expression, zone), START, []
    for _ in times:
        moment = schedule.after(moment, START)
        found.append(moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M"))
    assert found == times


def test_what_is_over_never_comes() -> None:
    assert parse("at(2020-01-01T00:00:00)").after(START, START) is None
    assert parse("cron(0 0 1 1 ? 2020)").after(START, START) is None


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(1 week)",
        "cron(0 0 * * * *)",
        "cron(0 0 1 * ?)",
        "at(tomorrow)",
        "cron(60 0 * * ? *)",
        "",
    ],
)
def test_nonsense_is_refused(expression: str) -> None:
    with pytest.raises(InvalidSchedule):
        parse(expression)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InvalidSchedule):
        parse("rate(1 day)", "Mars/Base")
