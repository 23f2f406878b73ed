"""Elastic Container Registry: an image that is not there is an error, an image is as large as what it consists of, and
the link to a layer leads here."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlsplit

from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import ecr

from truthful_aws import patch


def install() -> None:
    global _describe_images, _get_download_url_for_layer
    _describe_images = patch.replace(ecr, "_describe_images", describe_images)
    _get_download_url_for_layer = patch.replace(ecr, "_get_download_url_for_layer", get_download_url_for_layer)
    for name in ("_find_image", "_images", "_repositories", "_layer_blobs", "_manifest_blobs", "_resolve_manifest"):
        patch.original(ecr, name)


_describe_images: Any
_get_download_url_for_layer: Any


def get_download_url_for_layer(data: dict[str, Any]) -> Any:
    """ministack links to the host that the registry would have in AWS."""
    status, headers, body = _get_download_url_for_layer(data)
    if status != 200:
        return status, headers, body
    document = json.loads(body)
    path = urlsplit(document["downloadUrl"]).path
    document["downloadUrl"] = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}{path}"
    return json_response(document)


def describe_images(data: dict[str, Any]) -> Any:
    name = data.get("repositoryName", "")
    status, headers, body = _describe_images(data)
    if status != 200:
        return status, headers, body
    for wanted in data.get("imageIds") or []:
        if ecr._find_image(name, wanted) is None:
            text = ", ".join(f"{key}:'{value}'" for key, value in sorted(wanted.items()))
            message = f"The image with imageId {{{text}}} does not exist within the repository with name '{name}' in the registry with id '{get_account_id()}'"
            return error_response_json("ImageNotFoundException", message, 400)
    document = json.loads(body)
    for image in document["imageDetails"]:
        image["imageSizeInBytes"] = _size(name, image["imageDigest"])
    return json_response(document)


def _size(name: str, digest: str) -> int:
    try:
        manifest = json.loads(ecr._manifest_blobs.get(name, {}).get(digest) or b"{}")
    except ValueError:
        return 0
    parts = [*manifest.get("layers", []), *([manifest["config"]] if "config" in manifest else [])]
    return sum(int(part.get("size", 0)) for part in parts)
