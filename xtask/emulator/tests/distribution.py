"""A bucket with a distribution before it, and an RSA key that signs its URLs."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import http.client
import json
import random
from dataclasses import dataclass, field
from typing import Any

from botocore.signers import CloudFrontSigner
from conftest import REGION, Aws


class SigningKey:
    """2048 bits, made anew for each run, so that no private key lies in the repository."""

    def __init__(self, bits: int = 2048) -> None:
        self.exponent = 65537
        while True:
            p, q = _prime(bits // 2), _prime(bits // 2)
            self.modulus = p * q
            totient = (p - 1) * (q - 1)
            if self.modulus.bit_length() == bits and totient % self.exponent:
                self.private = pow(self.exponent, -1, totient)
                return

    @property
    def pem(self) -> str:
        numbers = _der(0x30, _integer(self.modulus) + _integer(self.exponent))
        algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
        body = base64.encodebytes(_der(0x30, algorithm + _der(0x03, b"\x00" + numbers))).decode()
        return f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"

    def sign(self, message: bytes) -> bytes:
        size = (self.modulus.bit_length() + 7) // 8
        digest = bytes.fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(message).digest()
        padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        return pow(int.from_bytes(padded, "big"), self.private, self.modulus).to_bytes(size, "big")


@functools.cache
def key(number: int) -> SigningKey:
    return SigningKey()


def _prime(bits: int) -> int:
    while True:
        candidate = random.getrandbits(bits) | (3 << bits - 2) | 1
        if all(candidate % small for small in (3, 5, 7, 11, 13, 17, 19, 23)) and all(
            pow(base, candidate - 1, candidate) == 1 for base in (2, 3, 5, 7)
        ):
            return candidate


def _integer(number: int) -> bytes:
    return _der(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([length]) if length < 128 else bytes([0x80 | len(size)]) + size) + content


@dataclass
class Distribution:
    aws: Aws
    name: str
    may_list: bool = False
    public_keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cloudfront, self.s3 = self.aws.client("cloudfront"), self.aws.client("s3")
        self.s3.create_bucket(Bucket=self.name, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.key_ids = [self.public_key(number, pem) for number, pem in enumerate(self.public_keys)]
        distribution = self.cloudfront.create_distribution(DistributionConfig=self.configuration())["Distribution"]
        self.arn, self.domain = distribution["ARN"], distribution["DomainName"]
        self.grant()

    def public_key(self, number: int, pem: str) -> str:
        name = f"{self.name}-{number}"
        configuration = {"CallerReference": name, "Name": name, "EncodedKey": pem}
        return self.cloudfront.create_public_key(PublicKeyConfig=configuration)["PublicKey"]["Id"]

    def configuration(self) -> dict[str, Any]:
        control = {
            "Name": self.name,
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
        access = self.cloudfront.create_origin_access_control(OriginAccessControlConfig=control)
        groups = [
            self.cloudfront.create_key_group(KeyGroupConfig={"Name": self.name, "Items": ids})["KeyGroup"]["Id"]
            for ids in [self.key_ids]
            if ids
        ]
        return {
            "CallerReference": self.name,
            "Comment": "",
            "Enabled": True,
            "DefaultRootObject": "index.html",
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "bucket",
                        "DomainName": f"{self.name}.s3.{REGION}.amazonaws.com",
                        "OriginAccessControlId": access["OriginAccessControl"]["Id"],
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "bucket",
                "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7439dc39c0e0",
                "TrustedKeyGroups": {"Enabled": bool(groups), "Quantity": len(groups), "Items": groups},
            },
        }

    def grant(self) -> None:
        bucket = f"arn:aws:s3:::{self.name}"
        granted = [("s3:GetObject", f"{bucket}/*")] + [("s3:ListBucket", bucket)] * self.may_list
        statements = [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": action,
                "Resource": resource,
                "Condition": {"StringEquals": {"AWS:SourceArn": self.arn}},
            }
            for action, resource in granted
        ]
        policy = {"Version": "2012-10-17", "Statement": statements}
        self.s3.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))

    def url(self, path: str) -> str:
        return f"https://{self.domain}{path}"

    def signed(
        self, path: str, *, seconds: int = 60, signer: SigningKey | None = None, key_id: str = "", **policy: Any
    ) -> str:
        """Path and query of a signed URL: by a canned policy, or by a custom one when more is said than its end."""
        maker = CloudFrontSigner(key_id or self.key_ids[0], (signer or key(0)).sign)
        ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
        url = self.url(path)
        if policy:
            resource = policy.pop("resource", url)
            text = maker.build_policy(resource, ends, **policy)
            signed = maker.generate_presigned_url(url, policy=text)
        else:
            signed = maker.generate_presigned_url(url, date_less_than=ends)
        return signed.removeprefix(f"https://{self.domain}")

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """What a viewer gets, over TLS as CloudFront sees it."""
        return get(self.aws, path, {"Host": self.domain, "X-Forwarded-Proto": "https", **headers})


def get(
    aws: Aws, path: str, headers: dict[str, str], method: str = "GET", body: bytes | None = None
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
    finally:
        connection.close()
