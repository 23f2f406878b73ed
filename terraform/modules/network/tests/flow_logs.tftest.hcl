mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name        = "slipway-test"
  environment = "test"
  account     = "111122223333"
  region      = "ap-northeast-2"
  cidr        = "10.10.0.0/16"
  zones       = ["ap-northeast-2a", "ap-northeast-2c"]
}

run "what_the_firewall_turns_away_is_logged_with_a_role_for_nothing_else" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
  }

  assert {
    condition     = aws_flow_log.this[0].traffic_type == "REJECT" && aws_flow_log.this[0].vpc_id == aws_vpc.this.id && aws_flow_log.this[0].log_destination == aws_cloudwatch_log_group.flow[0].arn
    error_message = "rejected connections of the whole network must be logged"
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow[0].name == "/slipway/test/flow" && aws_cloudwatch_log_group.flow[0].retention_in_days == 30
    error_message = "flow logs are kept for 30 days"
  }

  assert {
    condition = jsondecode(aws_iam_role.flow_logs[0].assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "vpc-flow-logs.amazonaws.com" }
        Condition = {
          StringEquals = { "aws:SourceAccount" = "111122223333" }
          ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:ap-northeast-2:111122223333:vpc-flow-log/*" }
        }
      }]
    }
    error_message = aws_iam_role.flow_logs[0].assume_role_policy
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.flow_logs[0].policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
          Resource = ["${aws_cloudwatch_log_group.flow[0].arn}:*"]
        },
        # A list of names, for which IAM knows no resource. Nothing else may stand here.
        { Effect = "Allow", Action = ["logs:DescribeLogGroups"], Resource = ["*"] },
      ]
    }
    error_message = aws_iam_role_policy.flow_logs[0].policy
  }

  assert {
    condition     = aws_iam_role.flow_logs[0].permissions_boundary == "arn:aws:iam::111122223333:policy/slipway-test-boundary"
    error_message = "the role must be bounded"
  }
}

run "everything_when_asked_for" {
  command = plan

  variables {
    flow_logs          = "all"
    log_retention_days = 7
  }

  assert {
    condition     = aws_flow_log.this[0].traffic_type == "ALL" && aws_cloudwatch_log_group.flow[0].retention_in_days == 7
    error_message = "all connections must be logged, for 7 days"
  }
}

run "nothing_when_asked_for" {
  command = plan

  variables {
    flow_logs = "none"
  }

  assert {
    condition     = length(aws_flow_log.this) + length(aws_cloudwatch_log_group.flow) + length(aws_iam_role.flow_logs) + length(aws_iam_role_policy.flow_logs) == 0
    error_message = "without flow logs there is no group and no role"
  }
}
