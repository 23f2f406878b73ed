# Roles of the environment: with its boundary or not at all. What a role with the boundary may do at most is the boundary's to say, so
# whatever is written into its own policy is no way up.
locals {
  with_boundary = { "iam:PermissionsBoundary" = var.permissions_boundary_arn }

  # Policies of AWS that the modules attach.
  attached_policies = ["arn:${var.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"]

  apply_roles = [
    {
      Sid       = "BoundedRoles"
      Effect    = "Allow"
      Action    = ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
      Resource  = [local.environment_roles]
      Condition = { StringEquals = local.with_boundary }
    },
    {
      Sid      = "BoundedRolesOfServices"
      Effect   = "Allow"
      Action   = ["iam:AttachRolePolicy", "iam:DetachRolePolicy"]
      Resource = [local.environment_roles]
      Condition = {
        StringEquals = local.with_boundary
        ArnEquals    = { "iam:PolicyARN" = local.attached_policies }
      }
    },
    {
      # IAM does not look at the boundary here. None of these gives a role a permission.
      Sid      = "Roles"
      Effect   = "Allow"
      Action   = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"]
      Resource = [local.environment_roles]
    },
    {
      Sid       = "PassRoles"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [local.environment_roles]
      Condition = { StringEquals = { "iam:PassedToService" = ["monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com"] } }
    },
    {
      # AWS makes one for each service at its first use, with permissions that AWS decides.
      Sid      = "ServiceLinkedRoles"
      Effect   = "Allow"
      Action   = ["iam:CreateServiceLinkedRole"]
      Resource = ["${local.iam}:role/aws-service-role/*"]
      Condition = {
        StringEquals = { "iam:AWSServiceName" = ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com"] }
      }
    },
  ]
}
