"""A behaviour with trusted key groups serves what was signed for, as long as it was signed for, to nobody else."""

from __future__ import annotations

import datetime
import re

import botocore.exceptions
import pytest
from conftest import Aws
from distribution import Distribution, SigningKey, key

CODE = re.compile("<Code>(.*)</Code>")


@pytest.fixture
def uploads(aws: Aws, name: str) -> Distribution:
    uploads = Distribution(aws, name, public_keys=[key(0).pem, key(1).pem])
    for path in ("index.html", "a/report.pdf", "b.txt"):
        uploads.s3.put_object(Bucket=name, Key=path, Body=path.encode())
    return uploads


def refusal(uploads: Distribution, path: str, **headers: str) -> tuple[int, str]:
    status, _, body = uploads.get(path, **headers)
    found = CODE.search(body)
    return status, found[1] if found else body


def test_unsigned_is_refused_and_signed_is_served(uploads: Distribution) -> None:
    assert refusal(uploads, "/a/report.pdf") == (403, "MissingKey")
    assert uploads.get(uploads.signed("/a/report.pdf"))[::2] == (200, "a/report.pdf")
    second = uploads.signed("/a/report.pdf", signer=key(1), key_id=uploads.key_ids[1])
    assert uploads.get(second)[0] == 200


def test_the_default_object_is_not_an_exception(uploads: Distribution) -> None:
    assert refusal(uploads, "/") == (403, "MissingKey")
    assert uploads.get(uploads.signed("/"))[::2] == (200, "index.html")


def test_expired_is_refused(uploads: Distribution) -> None:
    assert refusal(uploads, uploads.signed("/b.txt", seconds=-1)) == (403, "AccessDenied")


def test_what_was_signed_is_not_negotiable(uploads: Distribution) -> None:
    signed = uploads.signed("/b.txt")
    for forged in (
        signed.replace("/b.txt", "/a/report.pdf"),
        re.sub(r"Expires=(\d+)", lambda found: f"Expires={int(found[1]) + 3600}", signed),
        signed.replace("b.txt?", "b.txt?more=1&"),
    ):
        assert refusal(uploads, forged) == (403, "AccessDenied")


def test_another_key_is_refused(uploads: Distribution) -> None:
    assert refusal(uploads, uploads.signed("/b.txt", signer=key(2))) == (403, "AccessDenied")
    assert refusal(uploads, uploads.signed("/b.txt", signer=key(1))) == (403, "AccessDenied")
    stranger = uploads.public_key(9, key(2).pem)
    assert refusal(uploads, uploads.signed("/b.txt", signer=key(2), key_id=stranger)) == (403, "InvalidKey")


def test_a_custom_policy_says_more(uploads: Distribution) -> None:
    now = datetime.datetime.now(datetime.UTC)
    hour = datetime.timedelta(hours=1)
    folder = uploads.url("/a/*")
    assert uploads.get(uploads.signed("/a/report.pdf", resource=folder))[0] == 200
    assert refusal(uploads, uploads.signed("/b.txt", resource=folder)) == (403, "AccessDenied")
    assert uploads.get(uploads.signed("/b.txt", ip_address="127.0.0.0/8"))[0] == 200
    assert refusal(uploads, uploads.signed("/b.txt", ip_address="192.0.2.1")) == (403, "AccessDenied")
    assert uploads.get(uploads.signed("/b.txt", date_greater_than=now - hour))[0] == 200
    assert refusal(uploads, uploads.signed("/b.txt", date_greater_than=now + hour)) == (403, "AccessDenied")
    assert refusal(uploads, uploads.signed("/b.txt", seconds=-1, ip_address="127.0.0.0/8")) == (403, "AccessDenied")


def test_nonsense_is_refused(uploads: Distribution) -> None:
    known = f"Key-Pair-Id={uploads.key_ids[0]}"
    assert refusal(uploads, f"/b.txt?Expires=soon&Signature=x&{known}") == (403, "MalformedPolicy")
    assert refusal(uploads, f"/b.txt?Policy=bm90aGluZw__&Signature=eA__&{known}") == (403, "MalformedPolicy")
    assert refusal(uploads, f"/b.txt?Signature=eA__&{known}") == (403, "AccessDenied")


def test_cookies_do_as_well(uploads: Distribution) -> None:
    query = uploads.signed("/b.txt", resource=uploads.url("/*")).partition("?")[2]
    signed = dict(part.split("=", 1) for part in query.split("&"))
    cookie = "; ".join(f"CloudFront-{name}={value}" for name, value in signed.items())
    assert uploads.get("/a/report.pdf", Cookie=cookie)[0] == 200
    assert refusal(uploads, "/b.txt", Cookie="CloudFront-Key-Pair-Id=K0") == (403, "InvalidKey")


@pytest.mark.already_true
def test_plain_http_is_redirected_before_anything_is_asked_for(uploads: Distribution) -> None:
    status, headers, _ = uploads.get("/b.txt", **{"X-Forwarded-Proto": "http"})
    assert (status, headers["location"]) == (301, uploads.url("/b.txt"))


def test_only_an_rsa_key_of_2048_bits_is_a_public_key(uploads: Distribution) -> None:
    for number, pem in enumerate(("no key", key(0).pem.replace("MIIB", "MIIC"), SigningKey(1024).pem)):
        with pytest.raises(botocore.exceptions.ClientError, match="InvalidArgument"):
            uploads.public_key(20 + number, pem)
