"""Who sends no credentials gets nothing from a private bucket; CloudFront gets what the policy says."""

from __future__ import annotations

import json
import urllib.parse

import pytest
from conftest import Aws
from distribution import Distribution, get

# A signature is not checked here, but it has to be there.
SCOPE = "test/20260101/ap-northeast-2/s3/aws4_request"
SIGNED = {"Authorization": f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host, Signature=0"}

IN_REGION = (
    b'<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
    b"<LocationConstraint>ap-northeast-2</LocationConstraint></CreateBucketConfiguration>"
)


@pytest.fixture
def site(aws: Aws, name: str) -> Distribution:
    site = Distribution(aws, name)
    site.s3.put_object(Bucket=name, Key="index.html", Body=b"hello", ContentType="text/html")
    return site


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/index.html"),
        ("HEAD", "/index.html"),
        ("GET", "/no-such-object"),
        ("GET", ""),
        ("GET", "?list-type=2"),
        ("GET", "?policy"),
        ("PUT", "/index.html"),
        ("POST", "/large?uploads"),
        ("DELETE", "/index.html"),
    ],
)
def test_without_credentials_nothing_is_served(aws: Aws, site: Distribution, method: str, path: str) -> None:
    status, _, body = get(aws, f"/{site.name}{path}", {}, method, b"x" if method == "PUT" else None)
    assert status == 403
    assert method == "HEAD" or "<Code>AccessDenied</Code>" in body
    assert site.s3.get_object(Bucket=site.name, Key="index.html")["Body"].read() == b"hello"


def test_nor_by_the_name_of_the_bucket_as_host(aws: Aws, site: Distribution) -> None:
    host = f"{site.name}.s3.ap-northeast-2.amazonaws.com"
    assert get(aws, "/index.html", {"Host": host})[0] == 403
    assert get(aws, "/index.html", {"Host": host, **SIGNED})[0] == 200


def test_nobody_without_credentials_makes_a_bucket(aws: Aws, name: str) -> None:
    assert get(aws, f"/{name}", {}, "PUT")[0] == 403
    assert get(aws, f"/{name}", SIGNED, "PUT", IN_REGION)[0] == 200


@pytest.mark.already_true
def test_a_missing_bucket_is_missing_for_everybody(aws: Aws, name: str) -> None:
    status, _, body = get(aws, f"/{name}/index.html", {})
    assert (status, "NoSuchBucket" in body) == (404, True)


def test_a_copy_without_credentials_is_refused(aws: Aws, site: Distribution, name: str) -> None:
    aws.client("s3").create_bucket(
        Bucket=f"{name}-open", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"}
    )
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}-open/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    aws.client("s3").put_bucket_policy(Bucket=f"{name}-open", Policy=policy)
    source = {"x-amz-copy-source": f"/{site.name}/index.html"}
    assert get(aws, f"/{name}-open/stolen", source, "PUT")[0] == 403
    assert get(aws, f"/{name}-open/given", {}, "PUT", b"x")[0] == 200


@pytest.mark.already_true
def test_a_presigned_url_is_credentials(aws: Aws, site: Distribution) -> None:
    url = site.s3.generate_presigned_url("get_object", Params={"Bucket": site.name, "Key": "index.html"})
    parts = urllib.parse.urlsplit(url)
    assert get(aws, f"{parts.path}?{parts.query}", {"Host": parts.netloc})[::2] == (200, "hello")


@pytest.mark.already_true
def test_a_public_bucket_is_public(aws: Aws, site: Distribution) -> None:
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{site.name}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    site.s3.put_bucket_policy(Bucket=site.name, Policy=policy)
    assert get(aws, f"/{site.name}/index.html", {})[::2] == (200, "hello")


@pytest.mark.already_true
def test_a_distribution_serves_what_the_policy_grants_it(site: Distribution) -> None:
    assert site.get("/")[::2] == (200, "hello")
    site.s3.delete_bucket_policy(Bucket=site.name)
    assert site.get("/")[0] == 403


def test_a_distribution_asks_by_the_protocol_of_its_viewer(site: Distribution) -> None:
    policy = json.loads(site.s3.get_bucket_policy(Bucket=site.name)["Policy"])
    policy["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{site.name}/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
    site.s3.put_bucket_policy(Bucket=site.name, Policy=json.dumps(policy))
    assert site.get("/")[::2] == (200, "hello")
    assert site.get("/", **{"X-Forwarded-Proto": "http"})[0] == 301


def test_what_is_missing_is_told_to_a_distribution_that_may_list(aws: Aws, name: str, site: Distribution) -> None:
    assert site.get("/no-such-object")[0] == 403
    listing = Distribution(aws, f"{name}-list", may_list=True)
    status, _, body = listing.get("/no-such-object")
    assert (status, "NoSuchKey" in body) == (404, True)


@pytest.mark.already_true
def test_what_a_policy_refuses_a_distribution_stays_refused(aws: Aws, name: str) -> None:
    listing = Distribution(aws, name, may_list=True)
    for key in ("index.html", ".own/manifest.json"):
        listing.s3.put_object(Bucket=name, Key=key, Body=b"hello")
    policy = json.loads(listing.s3.get_bucket_policy(Bucket=name)["Policy"])
    policy["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{name}/.own/*",
        }
    )
    listing.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    assert listing.get("/index.html")[::2] == (200, "hello")
    # Also where nothing is, though it may list.
    assert [listing.get(path)[0] for path in ("/.own/manifest.json", "/.own/nothing")] == [403, 403]
    assert listing.s3.get_object(Bucket=name, Key=".own/manifest.json")["Body"].read() == b"hello"
