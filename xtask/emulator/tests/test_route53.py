"""Route 53: what Terraform asks of a zone."""

from __future__ import annotations

import botocore.exceptions
import pytest
from conftest import Aws


def test_a_zone_is_not_signed(aws: Aws, name: str) -> None:
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(Name=f"{name}.example", CallerReference=name)["HostedZone"]["Id"]
    found = route53.get_dnssec(HostedZoneId=zone)
    assert (found["Status"], found["KeySigningKeys"]) == ({"ServeSignature": "NOT_SIGNING"}, [])
    with pytest.raises(botocore.exceptions.ClientError, match="NoSuchHostedZone"):
        route53.get_dnssec(HostedZoneId="Z0000000NOTTHERE")
