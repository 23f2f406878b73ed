"""Applies every repair, in a fixed order, before the first request."""

from __future__ import annotations

from truthful_aws import (
    application_auto_scaling,
    cloudfront,
    cloudfront_signed_urls,
    cloudwatch,
    cloudwatch_logs,
    ec2,
    ecr,
    ecs,
    elastic_load_balancing,
    event_bridge_scheduler,
    log_events,
    patch,
    rds,
    route53,
    s3,
    secrets_manager,
)


def everything(*, has_engine: bool) -> None:
    patch.require_version()
    elastic_load_balancing.install()
    ecs.install(has_engine=has_engine)
    application_auto_scaling.install()
    cloudfront.install()
    cloudfront_signed_urls.install()
    cloudwatch.install()
    cloudwatch_logs.install()
    ec2.install()
    ecr.install()
    event_bridge_scheduler.install()
    log_events.install()
    rds.install()
    route53.install()
    s3.install()
    secrets_manager.install()
