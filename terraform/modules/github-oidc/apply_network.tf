# EC2 gives its things random ids, so tags say whose they are. To make one takes two permissions: on the new thing, by the tag
# that it gets, and on the existing things that it is put into, by the tag that they have.
locals {
  # Which calls may put tags on what they make.
  ec2_creations = [
    "AllocateAddress", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateFlowLogs", "CreateInternetGateway", "CreateNatGateway",
    "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet", "CreateVpc", "CreateVpcEndpoint",
  ]

  apply_network = [
    {
      Sid       = "New"
      Effect    = "Allow"
      Action    = ["ec2:AllocateAddress", "ec2:CreateInternetGateway", "ec2:CreateVpc"]
      Resource  = [for sort in ["elastic-ip", "internet-gateway", "vpc"] : "${local.here.ec2}:${sort}/*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid       = "NewInNetwork"
      Effect    = "Allow"
      Action    = ["ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet"]
      Resource  = [for sort in ["route-table", "security-group", "subnet"] : "${local.here.ec2}:${sort}/*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid       = "NewInSubnets"
      Effect    = "Allow"
      Action    = ["ec2:CreateFlowLogs", "ec2:CreateNatGateway", "ec2:CreateVpcEndpoint"]
      Resource  = [for sort in ["natgateway", "vpc-endpoint", "vpc-flow-log"] : "${local.here.ec2}:${sort}/*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid    = "Existing"
      Effect = "Allow"
      Action = [
        "ec2:AssociateRouteTable", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateFlowLogs",
        "ec2:CreateNatGateway", "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateVpcEndpoint",
        "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteNatGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable", "ec2:DeleteSecurityGroup",
        "ec2:DeleteSubnet", "ec2:DeleteVpc", "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable",
        "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute",
        "ec2:ReplaceRouteTableAssociation", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
      ]
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
    {
      # Which group a rule is in is decided by the statement above.
      Sid      = "Rules"
      Effect   = "Allow"
      Action   = ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:ModifySecurityGroupRules"]
      Resource = [local.security_group_rules, local.prefix_lists]
    },
    {
      # An interface endpoint answers under the service's own name, which takes a zone that AWS keeps.
      Sid      = "PrivateNames"
      Effect   = "Allow"
      Action   = ["route53:AssociateVPCWithHostedZone"]
      Resource = ["arn:${var.partition}:route53:::hostedzone/*"]
    },
    {
      Sid       = "TagNew"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags"]
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = merge(local.new_of_environment, { "ec2:CreateAction" = local.ec2_creations }) }
    },
    {
      Sid       = "TagExisting"
      Effect    = "Allow"
      Action    = ["ec2:CreateTags", "ec2:DeleteTags"]
      Resource  = ["${local.here.ec2}:*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
    {
      # A network comes with a security group that nobody has tagged. Terraform tags it, then empties it.
      Sid      = "AdoptDefaultGroup"
      Effect   = "Allow"
      Action   = ["ec2:CreateTags"]
      Resource = ["${local.here.ec2}:security-group/*"]
      Condition = {
        Null         = { "aws:ResourceTag/slipway:environment" = "true" }
        StringEquals = local.new_of_environment
      }
    },
  ]
}
