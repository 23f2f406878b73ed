mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name         = "slipway-test"
  account      = "111122223333"
  region       = "ap-northeast-2"
  notify       = ["oncall@slipway.example", "second@slipway.example"]
  cluster_name = "slipway-test"
  services     = ["api"]
}

run "only_alarms_of_this_environment_are_told" {
  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy).Statement[0] == {
      Sid       = "AlarmsOfThisEnvironment"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = output.topic_arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = "111122223333" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:slipway-test-*" }
      }
    }
    error_message = aws_sns_topic_policy.this.policy
  }

  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy).Statement[1] == {
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["sns:AddPermission", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe"]
      Resource  = output.topic_arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
    error_message = aws_sns_topic_policy.this.policy
  }

  assert {
    condition     = length(jsondecode(aws_sns_topic_policy.this.policy).Statement) == 2 && aws_sns_topic_policy.this.arn == output.topic_arn
    error_message = "nobody else may publish"
  }

  assert {
    condition     = { for address, subscription in aws_sns_topic_subscription.this : address => "${subscription.protocol} ${subscription.endpoint} ${subscription.topic_arn}" } == { for address in var.notify : address => "email ${address} ${output.topic_arn}" }
    error_message = jsonencode(aws_sns_topic_subscription.this)
  }
}
