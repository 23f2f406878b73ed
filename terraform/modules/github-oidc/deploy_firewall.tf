# What `ops` does with the rules of the environment's security groups. Groups themselves it neither makes nor removes.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
locals {
  security_group_rules = "${local.here.ec2}:security-group-rule/*"
  # Of any account: AWS's own, and those that others share.
  prefix_lists = "arn:${var.partition}:ec2:${var.region}:*:prefix-list/*"

  deploy_firewall = [
    {
      Sid    = "ObserveFirewall"
      Effect = "Allow"
      # See unrestricted.tf.
      Action   = ["ec2:DescribePrefixLists", "ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"]
      Resource = ["*"]
    },
    {
      Sid      = "PrefixLists"
      Effect   = "Allow"
      Action   = ["ec2:GetManagedPrefixListEntries"]
      Resource = [local.prefix_lists]
    },
    {
      # Each of these calls is about a group, and the group has to be the environment's.
      Sid    = "Firewall"
      Effect = "Allow"
      Action = [
        "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
      ]
      Resource  = ["${local.here.ec2}:security-group/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
    {
      Sid       = "NewFirewallRule"
      Effect    = "Allow"
      Action    = ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"]
      Resource  = [local.security_group_rules]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      # One that somebody added by hand has no tag. Which group it is in is decided above.
      Sid      = "FirewallRules"
      Effect   = "Allow"
      Action   = ["ec2:ModifySecurityGroupRules"]
      Resource = [local.prefix_lists, local.security_group_rules]
    },
    {
      # While it is made.
      Sid      = "TagNewFirewallRule"
      Effect   = "Allow"
      Action   = ["ec2:CreateTags"]
      Resource = [local.security_group_rules]
      Condition = {
        StringEquals = merge(local.new_of_environment, { "ec2:CreateAction" = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"] })
      }
    },
  ]
}
