# What a mocked provider answers where eight random characters would not do:
# an ARN that another resource's argument checks, an id that a test asks for.

mock_resource "aws_lb" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/app/slipway-test/0000000000000000"
  }
}

mock_resource "aws_lb_listener" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener/app/slipway-test/0000000000000000/0000000000000000"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/slipway-test/0000000000000000"
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

mock_resource "aws_vpc" {
  defaults = {
    id = "vpc-00000000000000000"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition = "aws"
  }
}
