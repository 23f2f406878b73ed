# What a mocked provider answers where eight random characters would not do:
# an ARN that another resource's argument checks, an id that a test asks for.

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/app/slipway-test/0000000000000000"
    arn_suffix = "app/slipway-test/0000000000000000"
  }
}

mock_resource "aws_lb_listener" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener/app/slipway-test/0000000000000000/0000000000000000"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/slipway-test/0000000000000000"
    arn_suffix = "targetgroup/slipway-test/0000000000000000"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:ap-northeast-2:111122223333:log-group:/slipway/test/api"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::111122223333:role/slipway-test"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn = "arn:aws:s3:::slipway-test"
  }
}

mock_resource "aws_cloudfront_distribution" {
  defaults = {
    id             = "E0000000000000"
    arn            = "arn:aws:cloudfront::111122223333:distribution/E0000000000000"
    domain_name    = "d0000000000000.cloudfront.net"
    hosted_zone_id = "Z2FDTNDATAQYW2"
  }
}

mock_resource "aws_cloudfront_public_key" {
  defaults = {
    id = "K0000000000000"
  }
}

mock_resource "aws_cloudwatch_log_delivery_destination" {
  defaults = {
    arn = "arn:aws:logs:us-east-1:111122223333:delivery-destination:slipway-test"
  }
}

mock_resource "aws_vpc" {
  defaults = {
    id = "vpc-00000000000000000"
  }
}

mock_resource "aws_ecs_cluster" {
  defaults = {
    arn = "arn:aws:ecs:ap-northeast-2:111122223333:cluster/slipway-test"
  }
}

mock_resource "aws_service_discovery_http_namespace" {
  defaults = {
    arn = "arn:aws:servicediscovery:ap-northeast-2:111122223333:namespace/ns-0000000000000000"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}

mock_resource "aws_sns_topic" {
  defaults = {
    arn = "arn:aws:sns:ap-northeast-2:111122223333:slipway-test-alarms"
  }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-reconcile.fifo"
    url = "https://sqs.ap-northeast-2.amazonaws.com/111122223333/slipway-test-reconcile.fifo"
  }
}

# In us-east-1, where CloudFront wants it.
mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"
    domain_validation_options = [{
      domain_name           = "dev.slipway.example"
      resource_record_name  = "_0123456789abcdef.dev.slipway.example."
      resource_record_type  = "CNAME"
      resource_record_value = "_fedcba9876543210.acm-validations.aws."
    }]
  }
}

mock_resource "aws_route53_zone" {
  defaults = {
    name_servers = ["ns-2.example.", "ns-1.example."]
  }
}

mock_data "aws_route53_zone" {
  defaults = {
    name_servers = ["ns-2.example.", "ns-1.example."]
  }
}

mock_resource "aws_iam_policy" {
  defaults = {
    arn = "arn:aws:iam::111122223333:policy/slipway-test"
  }
}

mock_resource "aws_iam_openid_connect_provider" {
  defaults = {
    arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
  }
}

mock_resource "aws_scheduler_schedule_group" {
  defaults = {
    arn = "arn:aws:scheduler:ap-northeast-2:111122223333:schedule-group/slipway-test"
  }
}
