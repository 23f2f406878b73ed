# What `terraform plan` reads. Terraform compares everything that it made with what AWS has.
locals {
  read = {
    platform = [
      {
        Sid    = "Network"
        Effect = "Allow"
        # See unrestricted.tf.
        Action   = ["ec2:Describe*", "elasticloadbalancing:Describe*"]
        Resource = ["*"]
      },
      {
        Sid      = "Cluster"
        Effect   = "Allow"
        Action   = ["ecs:DescribeClusters", "ecs:ListTagsForResource"]
        Resource = ["${local.here.ecs}:cluster/${var.name}"]
      },
      {
        Sid      = "Namespace"
        Effect   = "Allow"
        Action   = ["servicediscovery:GetNamespace"]
        Resource = ["${local.here.servicediscovery}:namespace/*"]
      },
      {
        Sid      = "NamespaceLists"
        Effect   = "Allow"
        Action   = ["servicediscovery:GetOperation", "servicediscovery:ListTagsForResource"]
        Resource = ["*"]
      },
      {
        Sid      = "Repositories"
        Effect   = "Allow"
        Action   = ["ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource"]
        Resource = ["${local.here.ecr}:repository/*"]
      },
      {
        Sid      = "LogGroupList"
        Effect   = "Allow"
        Action   = ["logs:DescribeLogGroups"]
        Resource = ["*"]
      },
      {
        Sid      = "LogGroups"
        Effect   = "Allow"
        Action   = ["logs:ListTagsForResource"]
        Resource = local.log_groups
      },
      {
        Sid    = "Roles"
        Effect = "Allow"
        Action = [
          "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies",
        ]
        Resource = [local.environment_roles]
      },
      {
        Sid      = "Alarms"
        Effect   = "Allow"
        Action   = ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"]
        Resource = ["${local.here.cloudwatch}:alarm:${var.name}-*"]
      },
      {
        Sid      = "Topics"
        Effect   = "Allow"
        Action   = ["sns:GetTopicAttributes", "sns:ListTagsForResource"]
        Resource = ["${local.here.sns}:${var.name}", "${local.here.sns}:${var.name}-*"]
      },
      {
        Sid      = "Subscriptions"
        Effect   = "Allow"
        Action   = ["sns:GetSubscriptionAttributes"]
        Resource = ["*"]
      },
      {
        Sid      = "Queues"
        Effect   = "Allow"
        Action   = ["sqs:GetQueueAttributes", "sqs:ListQueueTags"]
        Resource = ["${local.here.sqs}:${var.name}-*"]
      },
      {
        Sid      = "ScheduleGroup"
        Effect   = "Allow"
        Action   = ["scheduler:GetScheduleGroup", "scheduler:ListTagsForResource"]
        Resource = ["${local.here.scheduler}:schedule-group/${var.name}"]
      },
    ]

    data = [
      {
        Sid    = "Buckets"
        Effect = "Allow"
        # Settings alone. No action that begins so reads an object.
        Action = [
          "s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration",
          "s3:ListBucket",
        ]
        Resource  = local.buckets
        Condition = { StringEquals = local.own_account }
      },
      {
        Sid       = "Contract"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:GetObjectTagging"]
        Resource  = ["${local.ops_bucket}/platform.json"]
        Condition = { StringEquals = local.own_account }
      },
      {
        Sid    = "Database"
        Effect = "Allow"
        Action = [
          "rds:DescribeDBInstances", "rds:DescribeDBParameterGroups", "rds:DescribeDBParameters", "rds:DescribeDBSubnetGroups", "rds:ListTagsForResource",
        ]
        # Terraform asks for an instance by its resource id, which is a filter over all of them.
        Resource = [for sort in ["db", "pg", "subgrp"] : "${local.here.rds}:${sort}:*"]
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"]
        Resource = [local.secrets]
      },
      {
        Sid      = "NewPassword"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetRandomPassword"]
        Resource = ["*"]
      },
      {
        # A VALUE. Terraform hands the database its password out of this secret and keeps it nowhere, so it reads it at every plan.
        Sid      = "DatabasePassword"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [local.database_secret]
      },
      {
        # VALUES. The provider reads a parameter only as a whole, decrypted, though Terraform then drops the value.
        Sid      = "Parameters"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter", "ssm:ListTagsForResource"]
        Resource = [local.parameters]
      },
      {
        Sid      = "ParameterList"
        Effect   = "Allow"
        Action   = ["ssm:DescribeParameters"]
        Resource = ["*"]
      },
    ]

    edge = [
      {
        Sid    = "Distributions"
        Effect = "Allow"
        Action = [
          "cloudfront:DescribeFunction", "cloudfront:GetCachePolicy", "cloudfront:GetDistribution", "cloudfront:GetFunction", "cloudfront:GetOriginAccessControl", "cloudfront:GetResponseHeadersPolicy",
          "cloudfront:ListTagsForResource",
        ]
        Resource = [
          for sort in ["cache-policy", "distribution", "function", "origin-access-control", "response-headers-policy"] :
          "${local.cloudfront}:${sort}/*"
        ]
      },
      {
        Sid      = "Keys"
        Effect   = "Allow"
        Action   = ["cloudfront:GetKeyGroup", "cloudfront:GetPublicKey"]
        Resource = ["*"]
      },
      {
        Sid    = "Deliveries"
        Effect = "Allow"
        Action = [
          "logs:GetDelivery", "logs:GetDeliveryDestination", "logs:GetDeliverySource", "logs:ListTagsForResource",
        ]
        Resource = [
          "${local.us_east_1.logs}:delivery:*",
          "${local.us_east_1.logs}:delivery-destination:${var.name}-*",
          "${local.us_east_1.logs}:delivery-source:${var.name}-*",
        ]
      },
      {
        Sid      = "Certificates"
        Effect   = "Allow"
        Action   = ["acm:DescribeCertificate", "acm:ListTagsForCertificate"]
        Resource = ["${local.here.acm}:certificate/*", "${local.us_east_1.acm}:certificate/*"]
      },
      {
        Sid      = "Zones"
        Effect   = "Allow"
        Action   = ["route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource"]
        Resource = ["arn:${var.partition}:route53:::hostedzone/*"]
      },
      {
        Sid      = "ZoneChanges"
        Effect   = "Allow"
        Action   = ["route53:GetChange"]
        Resource = ["arn:${var.partition}:route53:::change/*"]
      },
      {
        Sid      = "ZoneLists"
        Effect   = "Allow"
        Action   = ["route53:ListHostedZones"]
        Resource = ["*"]
      },
    ]
  }
}
