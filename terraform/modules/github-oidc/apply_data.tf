locals {
  apply_database = [
    {
      Sid    = "Database"
      Effect = "Allow"
      Action = [
        "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:CreateDBInstanceReadReplica", "rds:CreateDBParameterGroup", "rds:CreateDBSnapshot",
        "rds:CreateDBSubnetGroup", "rds:DeleteDBInstance", "rds:DeleteDBParameterGroup", "rds:DeleteDBSubnetGroup", "rds:ModifyDBInstance",
        "rds:ModifyDBParameterGroup", "rds:ModifyDBSubnetGroup", "rds:RebootDBInstance", "rds:RemoveTagsFromResource", "rds:ResetDBParameterGroup",
      ]
      Resource = concat(
        [for sort in ["db", "pg", "snapshot", "subgrp"] : "${local.here.rds}:${sort}:${var.name}-*"],
        [for sort in ["db", "subgrp"] : "${local.here.rds}:${sort}:${var.name}"],
        # A database without an option group of its own gets AWS's.
        ["${local.here.rds}:og:default:*"],
      )
    },
  ]

  apply_secrets = [
    {
      Sid    = "Secrets"
      Effect = "Allow"
      Action = [
        "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:TagResource",
        "secretsmanager:UntagResource", "secretsmanager:UpdateSecret",
      ]
      Resource = [local.secrets]
    },
    {
      # The only value that Terraform writes there; people fill the others.
      Sid      = "DatabasePasswordWrite"
      Effect   = "Allow"
      Action   = ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"]
      Resource = [local.database_secret]
    },
    {
      Sid      = "ParametersWrite"
      Effect   = "Allow"
      Action   = ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter", "ssm:RemoveTagsFromResource"]
      Resource = [local.parameters]
    },
  ]

  apply_queues = [
    {
      Sid      = "Queues"
      Effect   = "Allow"
      Action   = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
      Resource = ["${local.here.sqs}:${var.name}-*"]
    },
  ]

  apply_alarms = [
    {
      Sid      = "Alarms"
      Effect   = "Allow"
      Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
      Resource = ["${local.here.cloudwatch}:alarm:${var.name}-*"]
    },
    {
      Sid      = "Topics"
      Effect   = "Allow"
      Action   = ["sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource"]
      Resource = ["${local.here.sns}:${var.name}", "${local.here.sns}:${var.name}-*"]
    },
    {
      Sid      = "Subscriptions"
      Effect   = "Allow"
      Action   = ["sns:Unsubscribe"]
      Resource = ["*"]
    },
  ]
}
