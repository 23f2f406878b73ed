"""Schedule expressions: `at(...)`, `rate(...)` and `cron(...)`, in a time zone.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNITS = {"minute": 60, "hour": 3600, "day": 86400}
MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
LAST_YEAR = 2199


class InvalidSchedule(ValueError):
    """The expression or the time zone means nothing to AWS."""


@dataclass(frozen=True)
class At:
    moment: datetime

    def after(self, moment: datetime, _anchor: datetime) -> datetime | None:
        return self.moment if self.moment > moment else None


@dataclass(frozen=True)
class Rate:
    every: timedelta

    def after(self, moment: datetime, anchor: datetime) -> datetime | None:
        """Counted from the anchor, when the schedule was made or begins: the anchor itself is the first time."""
        if anchor > moment:
            return anchor
        return anchor + self.every * ((moment - anchor) // self.every + 1)


@dataclass(frozen=True)
class Cron:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: Callable[[datetime], bool]
    months: frozenset[int]
    years: frozenset[int]
    zone: ZoneInfo

    def after(self, moment: datetime, _anchor: datetime) -> datetime | None:
        local = moment.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0) + timedelta(minutes=1)
        while local.year <= max(self.years):
            if local.year not in self.years or local.month not in self.months:
                local = (local.replace(day=1, hour=0, minute=0) + timedelta(days=32)).replace(day=1)
            elif not self.days(local):
                local = local.replace(hour=0, minute=0) + timedelta(days=1)
            elif local.hour not in self.hours:
                local = local.replace(minute=0) + timedelta(hours=1)
            elif local.minute not in self.minutes:
                local += timedelta(minutes=1)
            else:
                found = local.replace(tzinfo=self.zone).astimezone(UTC)
                # An hour that the clock skips does not come; one that it repeats comes once.
                if found > moment and found.astimezone(self.zone).replace(tzinfo=None) == local:
                    return found
                local += timedelta(minutes=1)
        return None


Schedule = At | Rate | Cron


def parse(expression: str, zone_name: str | None = None) -> Schedule:
    """The schedule; raises InvalidSchedule."""
    try:
        zone = ZoneInfo(zone_name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidSchedule(f"Invalid time zone {zone_name}.") from None
    match = re.fullmatch(r"(at|rate|cron)\((.*)\)", expression.strip())
    if match is None:
        raise InvalidSchedule(f"Invalid Schedule Expression {expression}.")
    kind, text = match.groups()
    try:
        if kind == "at":
            return At(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone).astimezone(UTC))
        return _rate(text) if kind == "rate" else _cron(text, zone)
    except ValueError:
        raise InvalidSchedule(f"Invalid Schedule Expression {expression}.") from None


def _rate(text: str) -> Rate:
    count, _, unit = text.partition(" ")
    number = int(count)
    name = unit.removesuffix("s")
    if number < 1 or name not in UNITS:
        raise ValueError(text)
    return Rate(timedelta(seconds=number * UNITS[name]))


def _cron(text: str, zone: ZoneInfo) -> Cron:
    minutes, hours, day_of_month, months, day_of_week, years = text.split()
    if (day_of_month == "?") == (day_of_week == "?"):
        raise ValueError(text)
    return Cron(
        _numbers(minutes, 0, 59),
        _numbers(hours, 0, 23),
        _days_of_month(day_of_month) if day_of_week == "?" else _days_of_week(day_of_week),
        _numbers(months, 1, 12, MONTHS),
        _numbers(years, 1970, LAST_YEAR),
        zone,
    )


def _numbers(text: str, least: int, most: int, names: dict[str, int] | None = None) -> frozenset[int]:
    def number(word: str) -> int:
        value = (names or {}).get(word.upper()) or int(word)
        if not least <= value <= most:
            raise ValueError(word)
        return value

    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            low, high = least, most
        elif last:
            low, high = number(first), number(last)
        else:
            low, high = number(first), most if step else number(first)
        if low > high or (step and int(step) < 1):
            raise ValueError(part)
        found.update(range(low, high + 1, int(step or 1)))
    return frozenset(found)


def _days_of_month(text: str) -> Callable[[datetime], bool]:
    if text == "L":
        return lambda day: day.day == _length(day)
    if text.endswith("W"):
        wanted = int(text[:-1])
        return lambda day: day.day == _nearest_weekday(day, wanted)
    days = _numbers(text, 1, 31)
    return lambda day: day.day in days


def _days_of_week(text: str) -> Callable[[datetime], bool]:
    if text.endswith("L") and text != "L":
        (last,) = _numbers(text[:-1], 1, 7, DAYS)
        return lambda day: _weekday(day) == last and day.day + 7 > _length(day)
    if "#" in text:
        name, _, which = text.partition("#")
        (wanted,) = _numbers(name, 1, 7, DAYS)
        place = int(which)
        return lambda day: _weekday(day) == wanted and (day.day - 1) // 7 + 1 == place
    days = _numbers("SAT" if text == "L" else text, 1, 7, DAYS)
    return lambda day: _weekday(day) in days


def _weekday(day: datetime) -> int:
    return day.isoweekday() % 7 + 1  # Sunday is 1


def _length(day: datetime) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(day: datetime, wanted: int) -> int:
    wanted = min(wanted, _length(day))
    match day.replace(day=wanted).isoweekday():
        case 6:
            return wanted - 1 if wanted > 1 else wanted + 2
        case 7:
            return wanted + 1 if wanted < _length(day) else wanted - 2
    return wanted
