"""RSA public keys as CloudFront takes them, and the signatures that they verify. Nothing is secret: integers do."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s+(?P<body>[A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*")
SEQUENCE, INTEGER, BIT_STRING = 0x30, 0x02, 0x03
RSA_ENCRYPTION = bytes.fromhex("300d06092a864886f70d0101010500")  # AlgorithmIdentifier, RFC 8017 A.1
SHA1_DIGEST_INFO = bytes.fromhex("3021300906052b0e03021a05000414")  # RFC 8017 9.2


@dataclass(frozen=True)
class PublicKey:
    modulus: int
    exponent: int

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """RSASSA-PKCS1-v1_5 with SHA-1, RFC 8017 8.2.2."""
        size = (self.modulus.bit_length() + 7) // 8
        number = int.from_bytes(signature, "big")
        if len(signature) != size or number >= self.modulus:
            return False
        digest = SHA1_DIGEST_INFO + hashlib.sha1(message).digest()
        expected = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        return pow(number, self.exponent, self.modulus).to_bytes(size, "big") == expected


def parse(pem: str) -> PublicKey | None:
    """The key of a SubjectPublicKeyInfo in PEM; None for anything but RSA."""
    match = PEM.fullmatch(pem.strip() + "\n")
    if not match:
        return None
    try:
        content, _ = _take(base64.b64decode("".join(match["body"].split()), validate=True), SEQUENCE)
        if not content.startswith(RSA_ENCRYPTION):
            return None
        bits, _ = _take(content[len(RSA_ENCRYPTION) :], BIT_STRING)
        numbers, _ = _take(bits[1:], SEQUENCE)
        modulus, rest = _take(numbers, INTEGER)
        exponent, _ = _take(rest, INTEGER)
    except (binascii.Error, ValueError):
        return None
    return PublicKey(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))


def _take(der: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element, and what follows it."""
    if len(der) < 2 or der[0] != tag:
        raise ValueError("another element was expected")
    length, begin = der[1], 2
    if length & 0x80:
        begin += length & 0x7F
        length = int.from_bytes(der[2:begin], "big")
    if len(der) < begin + length:
        raise ValueError("the element is cut off")
    return der[begin : begin + length], der[begin + length :]
