"""Applies every repair, in a fixed order, before the first request."""

from __future__ import annotations

from truthful_aws import (
    application_auto_scaling,
    cloudfront,
    cloudwatch,
    ec2,
    ecr,
    ecs,
    elastic_load_balancing,
    patch,
    rds,
)


def everything(*, has_engine: bool) -> None:
    patch.require_version()
    elastic_load_balancing.install()
    ecs.install(has_engine=has_engine)
    application_auto_scaling.install()
    cloudfront.install()
    cloudwatch.install()
    ec2.install()
    ecr.install()
    rds.install()
