locals {
  # Beginning of the ARNs of this region and account.
  here = {
    for service in ["ecs", "elasticfilesystem", "elasticloadbalancing", "logs", "secretsmanager", "sqs", "ssm"] :
    service => "arn:${var.partition}:${service}:${var.region}:${var.account}"
  }

  buckets = [for purpose in ["site", "uploads"] : "arn:${var.partition}:s3:::${var.name}-${purpose}-*"]

  # What people put there by hand may have no tag.
  secrets_of_others = flatten([
    for other in sort(var.other_environments) : ["${local.here.secretsmanager}:secret:slipway/${other}/*", "${local.here.ssm}:parameter/slipway/${other}/*"]
  ])

  own_log_groups = ["${local.here.logs}:log-group:/slipway/${var.environment}/*"]
  # RDS gives its metrics of the operating system this name.
  database_metrics = ["${local.here.logs}:log-group:RDS*"]

  statements = concat(local.allowed, [
    for resources in [local.secrets_of_others] : {
      Sid      = "SecretsOfOthers"
      Effect   = "Deny"
      Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
      Resource = resources
    } if length(resources) > 0
  ])

  allowed = [
    {
      Sid      = "Log"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = local.own_log_groups
    },
    {
      Sid      = "DatabaseMetrics"
      Effect   = "Allow"
      Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:GetLogEvents", "logs:PutLogEvents", "logs:PutRetentionPolicy"]
      Resource = local.database_metrics
    },
    {
      Sid    = "Pull"
      Effect = "Allow"
      Action = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      # builds.yaml names the image, often in another environment's account.
      Resource = ["arn:${var.partition}:ecr:*:*:repository/*"]
    },
    {
      # A path has no tag, so paths are the environment's own.
      Sid      = "ParametersByPath"
      Effect   = "Allow"
      Action   = ["ssm:GetParametersByPath"]
      Resource = ["${local.here.ssm}:parameter/slipway/${var.environment}/*"]
    },
    {
      # Under any name: services bring along what they had before. What is tagged for another environment stays shut. One
      # statement, because a policy has little room.
      Sid    = "OfNoOtherEnvironment"
      Effect = "Allow"
      Action = [
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
      ]
      Resource  = ["${local.here.elasticfilesystem}:file-system/*", "${local.here.secretsmanager}:secret:*", "${local.here.ssm}:parameter/*"]
      Condition = { StringEqualsIfExists = { "aws:ResourceTag/slipway:environment" = var.environment } }
    },
    {
      Sid    = "Queues"
      Effect = "Allow"
      Action = [
        "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage",
      ]
      Resource = ["${local.here.sqs}:${var.name}-*"]
    },
    {
      Sid       = "Buckets"
      Effect    = "Allow"
      Action    = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
      Resource  = local.buckets
      Condition = { StringEquals = { "aws:ResourceAccount" = var.account } }
    },
    {
      Sid    = "Objects"
      Effect = "Allow"
      Action = [
        "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging", "s3:ListMultipartUploadParts", "s3:PutObject", "s3:PutObjectTagging",
      ]
      Resource  = [for bucket in local.buckets : "${bucket}/*"]
      Condition = { StringEquals = { "aws:ResourceAccount" = var.account } }
    },
    # ECS shifts traffic between target groups with it when it deploys blue/green.
    {
      Sid      = "ShiftTraffic"
      Effect   = "Allow"
      Action   = ["elasticloadbalancing:ModifyRule"]
      Resource = ["${local.here.elasticloadbalancing}:listener-rule/app/${var.name}/*"]
    },
    {
      Sid    = "Targets"
      Effect = "Allow"
      Action = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
      # A long name is cut off in a target group's, so the tag says whose it is.
      Resource  = ["${local.here.elasticloadbalancing}:targetgroup/*"]
      Condition = { StringEquals = { "aws:ResourceTag/slipway:environment" = var.environment } }
    },
    # EventBridge Scheduler starts scheduled tasks with these three.
    {
      # Of any name: services bring along the families that they had before. What runs, runs in this cluster with roles of ours.
      Sid       = "RunTasks"
      Effect    = "Allow"
      Action    = ["ecs:RunTask"]
      Resource  = ["${local.here.ecs}:task-definition/*:*"]
      Condition = { ArnEquals = { "ecs:cluster" = "${local.here.ecs}:cluster/${var.name}" } }
    },
    {
      Sid       = "TagTasks"
      Effect    = "Allow"
      Action    = ["ecs:TagResource"]
      Resource  = ["${local.here.ecs}:task/${var.name}/*"]
      Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
    },
    {
      # To tasks alone. What a task may take is bounded as well, so this is no way up.
      Sid       = "PassRoles"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = ["arn:${var.partition}:iam::${var.account}:role/${var.name}-*"]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
    {
      Sid      = "Unrestricted"
      Effect   = "Allow"
      Action   = keys(local.unrestricted_actions)
      Resource = ["*"]
    },
  ]
}

resource "aws_iam_policy" "this" {
  name        = "${var.name}-boundary"
  description = "The most that any role of ${var.environment} may do, whatever its own policies say."
  policy      = jsonencode({ Version = "2012-10-17", Statement = local.statements })

  lifecycle {
    precondition {
      condition     = length(jsonencode({ Version = "2012-10-17", Statement = local.statements })) <= 6144
      error_message = "the boundary must be at most 6144 characters (got ${length(jsonencode({ Version = "2012-10-17", Statement = local.statements }))})."
    }
  }
}
