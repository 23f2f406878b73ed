"""What the emulator's own registry knows of an image: its digest and its configuration, as they were pushed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import ecr

_REFERENCE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/(?P<repository>[a-z0-9._/-]+)"
    r"(:(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]*))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)


class ImageNotFound(Exception):
    """The image cannot be pulled; the text is what the container agent would report."""


@dataclass(frozen=True)
class Image:
    repository: str
    digest: str
    ports: frozenset[int] = frozenset()
    labels: dict[str, str] = field(default_factory=dict)


def find(reference: str) -> Image:
    """The image that a task definition names. Anything but an image in this emulator's registry is not found."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ImageNotFound(
            f"pull image manifest has been retried 1 time(s): failed to resolve ref {reference}: not an image of this registry"
        )
    name = match["repository"]
    wanted = match["digest"] or match["tag"] or "latest"
    with request_scope(match["account"], match["region"]):
        digest, manifest, _ = ecr._resolve_manifest(name, wanted) if name in ecr._repositories else (None, None, None)
        if manifest is None:
            raise ImageNotFound(
                f"pull image manifest has been retried 5 time(s): failed to resolve ref {reference}: {reference}: not found"
            )
        return Image(name, digest, *_configuration(name, manifest))


def _configuration(name: str, manifest: bytes) -> tuple[frozenset[int], dict[str, str]]:
    document = _json(manifest)
    if "manifests" in document:  # an index: take the platform that Fargate runs by default, else the first
        entries = document["manifests"]
        chosen = next(
            (e for e in entries if (e.get("platform") or {}).get("architecture") == "amd64"),
            entries[0] if entries else None,
        )
        inner = ecr._manifest_blobs.get(name, {}).get(chosen["digest"]) if chosen else None
        return _configuration(name, inner) if inner else (frozenset(), {})
    blob = ecr._layer_blobs.get(name, {}).get((document.get("config") or {}).get("digest"))
    config: dict[str, Any] = (_json(blob).get("config") or {}) if blob else {}
    ports = frozenset(
        int(port.partition("/")[0]) for port in config.get("ExposedPorts") or {} if port.partition("/")[0].isdigit()
    )
    return ports, dict(config.get("Labels") or {})


def _json(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
