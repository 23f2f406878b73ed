# What `terraform apply` writes, on top of what a plan reads. The statements stand in the file of their topic.
locals {
  apply = {
    network  = local.apply_network
    platform = concat(local.apply_cluster, local.apply_schedules, local.apply_load_balancer, local.apply_logs, local.apply_registry)
    data     = concat(local.apply_database, local.apply_secrets, local.apply_queues, local.apply_alarms, local.apply_buckets, local.apply_state)
    edge     = concat(local.apply_cloudfront, local.apply_log_delivery, local.apply_domain)
    roles    = concat(local.apply_roles, local.apply_restrictions)
  }

  apply_restrictions = [
    {
      # Where a statement can only name a sort of thing, this keeps the neighbours' out of reach.
      Sid      = "OtherEnvironments"
      Effect   = "Deny"
      Action   = ["*"]
      Resource = ["*"]
      Condition = {
        Null            = { "aws:ResourceTag/slipway:environment" = "false" }
        StringNotEquals = local.existing_of_environment
      }
    },
    {
      # The roles of this module are the administrator's, whose boundary and provider are too.
      Sid    = "OwnRoles"
      Effect = "Deny"
      Action = [
        "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
        "iam:PassRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
        "iam:UpdateRoleDescription", "sts:AssumeRole",
      ]
      Resource = local.own_roles
    },
    {
      # Nothing above allows any of it. Said, so that no policy attached later can.
      Sid    = "Administration"
      Effect = "Deny"
      Action = [
        "iam:AddClientIDToOpenIDConnectProvider", "iam:AddRoleToInstanceProfile", "iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:AttachUserPolicy",
        "iam:CreateAccessKey", "iam:CreateGroup", "iam:CreateInstanceProfile", "iam:CreateLoginProfile", "iam:CreateOpenIDConnectProvider", "iam:CreatePolicy",
        "iam:CreatePolicyVersion", "iam:CreateSAMLProvider", "iam:CreateUser", "iam:DeleteOpenIDConnectProvider", "iam:DeletePolicy",
        "iam:DeletePolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:PutGroupPolicy", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy",
        "iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy", "iam:UpdateAccessKey", "iam:UpdateLoginProfile", "iam:UpdateOpenIDConnectProviderThumbprint",
        "iam:UpdateSAMLProvider",
      ]
      Resource = ["*"]
    },
  ]
}
