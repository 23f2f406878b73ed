"""CloudFront: a response headers policy has no blocks that it was not given."""

from __future__ import annotations

from typing import Any

from ministack.services import cloudfront

from truthful_aws import patch


def install() -> None:
    global _build
    _build = patch.replace(cloudfront, "_build_rhp_config_xml", build_response_headers_policy)


_build: Any


def build_response_headers_policy(parent: Any, configuration: Any) -> None:
    _build(parent, configuration)
    for tag in ("CustomHeadersConfig", "RemoveHeadersConfig"):
        element = parent.find(tag)
        if element is not None and element.findtext("Quantity") == "0":
            parent.remove(element)
