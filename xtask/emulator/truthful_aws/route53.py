"""Route 53: whether a zone is signed, which Terraform asks before it deletes one."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ministack.services import route53

from truthful_aws import patch

DNSSEC = re.compile(r"^/2013-04-01/hostedzone/([^/]+)/dnssec$")


def install() -> None:
    global _handle_request
    _handle_request = patch.replace(route53, "handle_request", handle_request)
    for name in ("_zones", "_xml_response", "_error_response"):
        patch.original(route53, name)


_handle_request: Any


async def handle_request(method: str, path: str, headers: Any, body: Any, query_params: Any) -> Any:
    asked = DNSSEC.match(path)
    if method != "GET" or not asked:
        return await _handle_request(method, path, headers, body, query_params)
    zone = asked.group(1)
    if zone not in route53._zones:
        return route53._error_response("NoSuchHostedZone", f"No hosted zone found with ID: {zone}", 404)
    return route53._xml_response("GetDNSSECResponse", _unsigned)


def _unsigned(answer: Element) -> None:
    # Signing is asked for by calls that are not modelled.
    SubElement(SubElement(answer, "Status"), "ServeSignature").text = "NOT_SIGNING"
    SubElement(answer, "KeySigningKeys")
