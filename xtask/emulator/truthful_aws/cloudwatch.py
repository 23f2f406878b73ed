"""CloudWatch: DescribeAlarms tells every field over the Query protocol, as it does over JSON."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

from truthful_aws import patch

# The Query protocol would need other text for these, and nobody reads them.
OMITTED = {"StateUpdatedTimestamp", "AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp"}


def install() -> None:
    global _describe_alarms
    _describe_alarms = patch.replace(cloudwatch, "_describe_alarms", describe_alarms)
    for name in ("_p", "_xml"):
        patch.original(cloudwatch, name)


_describe_alarms: Any


def describe_alarms(params: dict[str, Any], cbor_data: Any, is_cbor: bool, is_json: bool = False) -> Any:
    if is_cbor or is_json:
        return _describe_alarms(params, cbor_data, is_cbor, is_json)

    def members(prefix: str) -> list[str]:
        values = (cloudwatch._p(params, f"{prefix}.member.{number}") for number in range(1, 101))
        return [value for value in values if value]

    request = {"AlarmNames": members("AlarmNames"), "AlarmTypes": members("AlarmTypes")}
    request |= {
        name: value
        for name in ("AlarmNamePrefix", "StateValue", "MaxRecords", "NextToken")
        if (value := cloudwatch._p(params, name))
    }
    status, _, body = _describe_alarms({}, request, False, True)
    if status != 200:
        return _describe_alarms(params, cbor_data, is_cbor, is_json)
    document = json.loads(body)
    inner = "".join(
        _element(kind, [_clean(alarm) for alarm in document.get(kind, [])])
        for kind in ("MetricAlarms", "CompositeAlarms")
    )
    if document.get("NextToken"):
        inner += _element("NextToken", document["NextToken"])
    return cloudwatch._xml(200, "DescribeAlarmsResponse", f"<DescribeAlarmsResult>{inner}</DescribeAlarmsResult>")


def _clean(alarm: dict[str, Any]) -> dict[str, Any]:
    left_out = set(OMITTED)
    if alarm.get("ExtendedStatistic"):
        left_out.add("Statistic")
    if not alarm.get("MetricName"):  # an alarm on metric math has neither
        left_out |= {"Statistic", "Period"}
    return {
        name: value
        for name, value in alarm.items()
        if value not in (None, "") and name not in left_out and not name.startswith("_")
    }


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        members = (
            "".join(_element(k, v) for k, v in item.items()) if isinstance(item, dict) else escape(str(item))
            for item in value
        )
        return f"<{name}>" + "".join(f"<member>{member}</member>" for member in members) + f"</{name}>"
    if isinstance(value, dict):
        return f"<{name}>" + "".join(_element(k, v) for k, v in value.items()) + f"</{name}>"
    if isinstance(value, bool):
        value = str(value).lower()
    return f"<{name}>{escape(str(value))}</{name}>"
