"""S3: who sends no credentials gets what the bucket's owner grants to everybody. CloudFront asks by the protocol of its
viewer, and is told what is missing where it may list. A bucket tells whether its policy is public; a copy with other
metadata keeps none of the source's, and says the checksum that it was asked for."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_region
from ministack.services import cloudfront, s3

from truthful_aws import patch


def install() -> None:
    global _apply_bucket_scope, _copy_object, _fetch_from_origin, _serve_cloudfront_origin_fetch
    _apply_bucket_scope = patch.replace(s3, "_apply_bucket_scope", apply_bucket_scope)
    _copy_object = patch.replace(s3, "_copy_object", copy_object)
    _fetch_from_origin = patch.replace(cloudfront, "_fetch_from_origin", fetch_from_origin)
    _serve_cloudfront_origin_fetch = patch.replace(s3, "serve_cloudfront_origin_fetch", serve_cloudfront_origin_fetch)
    patch.original(iam_evaluator, "pin_request_origin")
    for name in (
        "_bucket_owner_account",
        "_bucket_policies",
        "_cloudfront_origin_allows",
        "_copy_source_denied",
        "_ensure_bucket",
        "_error",
        "_foreign_bucket_allows",
        "_read_body",
        "_request_access_key",
        "set_request_account_id",
    ):
        patch.original(s3, name)


_apply_bucket_scope: Any
_copy_object: Any
_fetch_from_origin: Any
_serve_cloudfront_origin_fetch: Any


def apply_bucket_scope(
    method: str,
    bucket: str,
    key: str,
    headers: dict[str, str],
    query_params: dict[str, list[str]],
    body: bytes = b"",
    internal: bool = False,
) -> Any:
    """As ministack does when it enforces all of IAM; here a signature need not be right, but it has to be there."""
    if not bucket or internal or s3._request_access_key(method, key, headers, query_params, body):
        if headers.get("x-amz-metadata-directive", "").upper() == "REPLACE":
            headers.setdefault("content-encoding", "")
        answer = _apply_bucket_scope(method, bucket, key, headers, query_params, body, internal)
        asks_for_status = method == "GET" and bucket and not key and "policyStatus" in query_params
        return policy_status(bucket) if answer is None and asks_for_status else answer
    owner = s3._bucket_owner_account(bucket)
    if owner is None:
        creates_a_bucket = method == "PUT" and not key
        return _denied(bucket, key) if creates_a_bucket else None
    if source_denied := s3._copy_source_denied(headers, "", True, internal):
        return source_denied
    if not s3._foreign_bucket_allows(owner, bucket, key, method, query_params, "", headers):
        return _denied(bucket, key)
    s3.set_request_account_id(owner)
    return None


def copy_object(bucket: str, key: str, headers: dict[str, str]) -> Any:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObjectResult.html"""
    status, answer_headers, body = _copy_object(bucket, key, headers)
    if status == 200 and headers.get("x-amz-checksum-algorithm", "").upper() == "SHA256":
        content = s3._read_body(bucket, key, s3._ensure_bucket(bucket)["objects"][key])
        checksum = base64.b64encode(hashlib.sha256(content).digest())
        end = b"</CopyObjectResult>"
        body = body.replace(end, b"<ChecksumSHA256>" + checksum + b"</ChecksumSHA256>" + end)
    return status, answer_headers, body


def policy_status(bucket: str) -> Any:
    """Public is what lets everybody in without a condition.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    owner = s3._bucket_owner_account(bucket)
    policy = s3._bucket_policies.get_scoped(owner, None, bucket) if owner else None
    if not policy:
        return s3._error("NoSuchBucketPolicy", "The bucket policy does not exist", 404, f"/{bucket}")
    statements = json.loads(policy).get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    public = any(
        statement.get("Effect") == "Allow"
        and not statement.get("Condition")
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        for statement in statements
    )
    answer = f'<PolicyStatus xmlns="{s3.S3_NS}"><IsPublic>{str(public).lower()}</IsPublic></PolicyStatus>'
    return 200, {"Content-Type": "application/xml"}, answer.encode()


def _denied(bucket: str, key: str) -> Any:
    return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}" if key else f"/{bucket}")


async def fetch_from_origin(
    origin: dict[str, Any],
    method: str,
    uri: str,
    query_string: str,
    headers: dict[str, str],
    body: bytes,
    viewer_is_https: bool,
    client_ip: str,
    *rest: Any,
) -> Any:
    # What a policy reads as aws:SecureTransport.
    iam_evaluator.pin_request_origin(client_ip, viewer_is_https)
    return await _fetch_from_origin(
        origin, method, uri, query_string, headers, body, viewer_is_https, client_ip, *rest
    )


def serve_cloudfront_origin_fetch(
    bucket: str, key: str, method: str, headers: dict[str, str], source_arn: str = "", oai_id: str = ""
) -> Any:
    answer = _serve_cloudfront_origin_fetch(bucket, key, method, headers, source_arn=source_arn, oai_id=oai_id)
    stored = s3._ensure_bucket(bucket)
    if answer[0] != 403 or stored is None or key in stored["objects"]:
        return answer
    owner = s3._bucket_owner_account(bucket)
    if s3._cloudfront_origin_allows(owner, bucket, key, source_arn, oai_id) and _may_list(owner, bucket, source_arn):
        return s3._error("NoSuchKey", "The specified key does not exist.", 404, f"/{bucket}/{key}")
    return answer


def _may_list(owner: str, bucket: str, source_arn: str) -> bool:
    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    if not policy or not source_arn:
        return False
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="s3:ListBucket",
        resource_arn=f"arn:aws:s3:::{bucket}",
        region=get_region(),
        service_context={"aws:sourcearn": source_arn},
    )
    return evaluate_resource_policy(policy, context, service="cloudfront.amazonaws.com").decision == "Allow"
