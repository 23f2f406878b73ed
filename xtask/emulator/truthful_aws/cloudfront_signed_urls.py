"""CloudFront: a behaviour with trusted key groups serves signed URLs and cookies alone."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
import time
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, unquote_plus
from xml.sax.saxutils import escape

from ministack.services import cloudfront

from truthful_aws import patch, rsa_keys

# CloudFront takes these from the URL: neither the origin nor the cache ever sees them.
PARAMETERS = ("Expires", "Policy", "Signature", "Key-Pair-Id")
# Base64 with what a URL would have to escape replaced.
UNESCAPED = str.maketrans("-_~", "+=/")


def install() -> None:
    global _behavior, _handle_viewer_request, _parse_public_key_config
    _behavior = patch.replace(cloudfront, "_dataplane_behavior", behavior)
    _handle_viewer_request = patch.replace(cloudfront, "handle_viewer_request", handle_viewer_request)
    _parse_public_key_config = patch.replace(cloudfront, "_parse_public_key_config", parse_public_key_config)
    for name in (
        "_add_cloudfront_headers",
        "_check_viewer_protocol_policy",
        "_error",
        "_find",
        "_key_groups",
        "_match_behavior",
        "_public_keys",
        "_render_headers",
        "_text",
        "parse_distribution_dataplane_config",
    ):
        patch.original(cloudfront, name)


_behavior: Any
_handle_viewer_request: Any
_parse_public_key_config: Any


class Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def access_denied() -> Refused:
    return Refused("AccessDenied", "Access denied")


def parse_public_key_config(element: Any) -> Any:
    configuration, error = _parse_public_key_config(element)
    if error is None:
        key = rsa_keys.parse(configuration["EncodedKey"])
        if key is None or key.modulus.bit_length() != 2048:
            message = "Your request contains empty/invalid/out of limits RSA Encoded Key"
            return None, cloudfront._error("InvalidArgument", message, 400)
    return configuration, error


def behavior(element: Any, path_pattern: str | None = None) -> dict[str, Any]:
    groups = cloudfront._find(element, "TrustedKeyGroups")
    enabled = groups is not None and cloudfront._text(groups, "Enabled") == "true"
    items = cloudfront._find(groups, "Items") if enabled else None
    return _behavior(element, path_pattern) | {
        "trusted_key_groups": [item.text for item in items] if items is not None else []
    }


async def handle_viewer_request(
    distribution: dict[str, Any],
    method: str,
    path: str,
    raw_uri: str,
    raw_query_string: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
    client_ip: str = "127.0.0.1",
) -> Any:
    parsed = cloudfront.parse_distribution_dataplane_config(distribution)
    matched = cloudfront._match_behavior(parsed, path)
    scheme = headers.get("x-forwarded-proto", "http")
    if matched and matched["trusted_key_groups"]:
        # The protocol comes first: a signature is never asked for over plain HTTP.
        redirected = cloudfront._check_viewer_protocol_policy(
            matched, method, scheme == "https", raw_uri, raw_query_string, headers
        )
        if redirected:
            return redirected
        raw_query_string, credentials = _taken_from(raw_query_string, headers)
        query_params = {name: values for name, values in query_params.items() if name not in PARAMETERS}
        url = f"{scheme}://{headers.get('host', '')}{raw_uri}" + (f"?{raw_query_string}" if raw_query_string else "")
        try:
            _check(matched["trusted_key_groups"], url, credentials, client_ip)
        except Refused as refused:
            return _refusal(refused)
    return await _handle_viewer_request(
        distribution, method, path, raw_uri, raw_query_string, headers, body, query_params, client_ip
    )


def _taken_from(raw_query_string: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The viewer's own query string, and what CloudFront took: from the URL, or else from cookies."""
    parts = raw_query_string.split("&") if raw_query_string else []
    own = "&".join(part for part in parts if unquote_plus(part.partition("=")[0]) not in PARAMETERS)
    found = {name: value for name, value in parse_qsl(raw_query_string) if name in PARAMETERS}
    if not found:
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            cookies = SimpleCookie()
        found = {name: cookies[f"CloudFront-{name}"].value for name in PARAMETERS if f"CloudFront-{name}" in cookies}
    return own, found


def _check(groups: list[str], url: str, credentials: dict[str, str], client_ip: str) -> None:
    key_id = credentials.get("Key-Pair-Id")
    if not key_id:
        raise Refused("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
    configurations = [cloudfront._key_groups[group]["Config"] for group in groups if group in cloudfront._key_groups]
    trusted = {key for configuration in configurations for key in configuration["Items"]}
    stored = cloudfront._public_keys.get(key_id) if key_id in trusted else None
    key = rsa_keys.parse(stored["Config"]["EncodedKey"]) if stored else None
    if key is None:
        raise Refused("InvalidKey", "Unknown Key")
    try:
        signature = base64.b64decode(credentials.get("Signature", "").translate(UNESCAPED), validate=True)
        policy, statement = _policy(url, credentials)
    except (binascii.Error, ValueError, KeyError, TypeError, IndexError):
        raise Refused("MalformedPolicy", "Malformed Policy") from None
    if not key.verifies(signature, policy) or not statement.holds(url, client_ip):
        raise access_denied()


@dataclass(frozen=True)
class Statement:
    resource: str
    expires: int
    begins: int = 0
    network: str = "0.0.0.0/0"

    def holds(self, url: str, client_ip: str) -> bool:
        pattern = re.escape(self.resource).replace(r"\*", ".*").replace(r"\?", ".")
        return (
            self.begins <= time.time() < self.expires
            and re.fullmatch(pattern, url) is not None
            and (
                self.network == "0.0.0.0/0"
                or ipaddress.ip_address(client_ip) in ipaddress.ip_network(self.network, strict=False)
            )
        )


def _policy(url: str, credentials: dict[str, str]) -> tuple[bytes, Statement]:
    """What was signed, and what it says."""
    if "Policy" not in credentials:
        expires = credentials.get("Expires", "")
        if not re.fullmatch(r"[0-9]+", expires):
            raise access_denied()
        # The canned policy is not sent: it follows from the request, byte for byte.
        text = f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
        return text.encode(), Statement("*", int(expires))
    policy = base64.b64decode(credentials["Policy"].translate(UNESCAPED), validate=True)
    (stated,) = json.loads(policy)["Statement"]
    condition = stated["Condition"]
    return policy, Statement(
        resource=stated.get("Resource", "*"),
        expires=int(condition["DateLessThan"]["AWS:EpochTime"]),
        begins=int(condition.get("DateGreaterThan", {}).get("AWS:EpochTime", 0)),
        network=condition.get("IpAddress", {}).get("AWS:SourceIp", "0.0.0.0/0"),
    )


def _refusal(refused: Refused) -> Any:
    headers = cloudfront._add_cloudfront_headers({"content-type": "text/xml"}, "Error from cloudfront")
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<Error><Code>{escape(refused.code)}</Code><Message>{escape(refused.message)}</Message></Error>"
    )
    return 403, cloudfront._render_headers(headers, title_case=True), body.encode()
