"""Target health is what the targets answer, and requests go only where AWS would send them."""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.exceptions
import pytest
from conftest import Aws, eventually


class Target:
    """An HTTP server on the loopback interface whose health can be switched."""

    def __init__(self) -> None:
        self.status, self.checks = 200, []
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.headers.get("User-Agent") == "ELB-HealthChecker/2.0":
                    target.checks.append(self.path)
                self.send_response(target.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def target() -> Iterator[Target]:
    target = Target()
    yield target
    target.close()


class Balancer:
    def __init__(self, aws: Aws, name: str, *, listener: bool = True, **group: Any) -> None:
        self.aws, self.name, self.elb = aws, name, aws.client("elbv2")
        settings = {
            "HealthCheckIntervalSeconds": 4,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 3,
            "HealthCheckTimeoutSeconds": 2,
            **group,
        }
        self.group = self.elb.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=80,
            VpcId="vpc-1",
            TargetType="ip",
            HealthCheckPath="/healthz?deep=1",
            **settings,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.modify_target_group_attributes(
            TargetGroupArn=self.group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}]
        )
        self.arn = self.elb.create_load_balancer(Name=name)["LoadBalancers"][0]["LoadBalancerArn"]
        if listener:
            self.listen()

    def listen(self) -> None:
        self.elb.create_listener(
            LoadBalancerArn=self.arn,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )

    def register(self, *ports: int, address: str = "127.0.0.1") -> None:
        self.elb.register_targets(TargetGroupArn=self.group, Targets=[{"Id": address, "Port": port} for port in ports])

    def deregister(self, port: int) -> None:
        self.elb.deregister_targets(TargetGroupArn=self.group, Targets=[{"Id": "127.0.0.1", "Port": port}])

    def health(self, port: int) -> dict[str, str]:
        found = self.elb.describe_target_health(TargetGroupArn=self.group, Targets=[{"Id": "127.0.0.1", "Port": port}])
        return found["TargetHealthDescriptions"][0]["TargetHealth"]

    def status(self) -> int:
        try:
            with urllib.request.urlopen(f"{self.aws.endpoint}/_alb/{self.name}/", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


def test_a_target_is_initial_then_healthy_then_unhealthy_then_healthy_again(
    aws: Aws, name: str, target: Target
) -> None:
    balancer = Balancer(aws, name)
    balancer.register(target.port)
    assert balancer.health(target.port)["State"] == "initial"
    eventually(lambda: balancer.health(target.port) == {"State": "healthy"})
    assert target.checks[0] == "/healthz?deep=1" and len(target.checks) >= 2, (
        "two checks are needed, at the path of the group"
    )
    target.status = 500
    expected = {
        "State": "unhealthy",
        "Reason": "Target.ResponseCodeMismatch",
        "Description": "Health checks failed with these codes: [500]",
    }
    eventually(lambda: balancer.health(target.port) == expected)
    target.status = 200
    eventually(lambda: balancer.health(target.port)["State"] == "healthy")


def test_the_matcher_of_the_group_decides(aws: Aws, name: str, target: Target) -> None:
    target.status = 404
    balancer = Balancer(aws, name, Matcher={"HttpCode": "200-299,404"})
    balancer.register(target.port)
    eventually(lambda: balancer.health(target.port)["State"] == "healthy")
    target.status = 403
    eventually(lambda: balancer.health(target.port)["State"] == "unhealthy")


def test_a_port_where_nothing_listens_is_unhealthy(aws: Aws, name: str, target: Target) -> None:
    target.close()
    balancer = Balancer(aws, name)
    balancer.register(target.port)
    eventually(lambda: balancer.health(target.port).get("Reason") == "Target.FailedHealthChecks")


def test_no_packet_leaves_the_machine(aws: Aws, name: str) -> None:
    balancer = Balancer(aws, name)
    balancer.register(80, address="192.0.2.7")
    found = eventually(
        lambda: [
            d["TargetHealth"]
            for d in balancer.elb.describe_target_health(TargetGroupArn=balancer.group)["TargetHealthDescriptions"]
            if d["TargetHealth"]["State"] == "unhealthy"
        ]
    )
    assert found[0]["Reason"] == "Target.Timeout"
    assert balancer.status() == 504


def test_a_target_of_a_group_without_listener_is_unused(aws: Aws, name: str, target: Target) -> None:
    balancer = Balancer(aws, name, listener=False)
    balancer.register(target.port)
    eventually(lambda: balancer.health(target.port).get("Reason") == "Target.NotInUse")
    balancer.listen()
    eventually(lambda: balancer.health(target.port)["State"] == "healthy")


def test_only_healthy_targets_get_requests_and_all_do_when_none_is_healthy(aws: Aws, name: str, target: Target) -> None:
    sick = Target()
    sick.status = 500
    balancer = Balancer(aws, name)
    assert balancer.status() == 503, "no target"
    balancer.register(target.port, sick.port)
    eventually(lambda: balancer.health(target.port)["State"] == "healthy")
    eventually(lambda: balancer.health(sick.port)["State"] == "unhealthy")
    assert {balancer.status() for _ in range(10)} == {200}
    balancer.deregister(target.port)
    assert balancer.status() == 500, "with only unhealthy targets the load balancer fails open"
    sick.close()


def test_a_deregistered_target_drains_and_gets_nothing(aws: Aws, name: str, target: Target) -> None:
    balancer = Balancer(aws, name)
    balancer.register(target.port)
    eventually(lambda: balancer.health(target.port)["State"] == "healthy")
    balancer.deregister(target.port)
    assert balancer.health(target.port)["Reason"] == "Target.DeregistrationInProgress"
    assert balancer.status() == 503
    eventually(lambda: balancer.health(target.port)["Reason"] == "Target.NotRegistered")
    assert balancer.elb.describe_target_health(TargetGroupArn=balancer.group)["TargetHealthDescriptions"] == []


def test_a_target_group_in_use_stays_until_its_load_balancer_is_gone(aws: Aws, name: str) -> None:
    balancer = Balancer(aws, name)
    with pytest.raises(botocore.exceptions.ClientError, match="ResourceInUse"):
        balancer.elb.delete_target_group(TargetGroupArn=balancer.group)
    balancer.elb.delete_load_balancer(LoadBalancerArn=balancer.arn)
    balancer.elb.delete_target_group(TargetGroupArn=balancer.group)


CERTIFICATE = "arn:aws:acm:ap-northeast-2:000000000000:certificate/00000000-0000-0000-0000-000000000000"


def https(balancer: Balancer, **listener: Any) -> dict[str, Any]:
    settings = {
        "LoadBalancerArn": balancer.arn,
        "Protocol": "HTTPS",
        "Port": 443,
        "Certificates": [{"CertificateArn": CERTIFICATE}],
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        **listener,
    }
    return balancer.elb.create_listener(**settings)["Listeners"][0]


def test_a_port_has_one_listener(aws: Aws, name: str) -> None:
    balancer = Balancer(aws, name)
    with pytest.raises(botocore.exceptions.ClientError, match="DuplicateListener"):
        balancer.listen()
    listener = https(balancer)
    with pytest.raises(botocore.exceptions.ClientError, match="DuplicateListener"):
        balancer.elb.modify_listener(ListenerArn=listener["ListenerArn"], Port=80)
    balancer.elb.modify_listener(ListenerArn=listener["ListenerArn"], Port=443)
    balancer.elb.modify_listener(ListenerArn=listener["ListenerArn"], Port=8443)


def test_https_needs_a_certificate(aws: Aws, name: str) -> None:
    balancer = Balancer(aws, name)
    with pytest.raises(botocore.exceptions.ClientError, match="certificate"):
        https(balancer, Certificates=[])
    listener = balancer.elb.describe_listeners(LoadBalancerArn=balancer.arn)["Listeners"][0]
    with pytest.raises(botocore.exceptions.ClientError, match="certificate"):
        balancer.elb.modify_listener(ListenerArn=listener["ListenerArn"], Protocol="HTTPS")


@pytest.mark.already_true
def test_the_port_of_the_host_picks_the_listener(aws: Aws, name: str) -> None:
    balancer = Balancer(aws, name, listener=False)
    https(balancer)
    balancer.elb.create_listener(
        LoadBalancerArn=balancer.arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[
            {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
        ],
    )
    dns_name = balancer.elb.describe_load_balancers(Names=[name])["LoadBalancers"][0]["DNSName"]

    def get(host: str) -> tuple[int, str | None]:
        connection = http.client.HTTPConnection(aws.endpoint.removeprefix("http://"))
        connection.request("GET", "/a?b=c", headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location")

    assert get(f"{dns_name}:443") == (404, None)
    assert get(f"{dns_name}:80") == get(dns_name) == (301, f"https://{dns_name}:443/a?b=c")
