locals {
  apply_cluster = [
    {
      Sid    = "Cluster"
      Effect = "Allow"
      Action = [
        "ecs:CreateCluster", "ecs:DeleteCluster", "ecs:PutClusterCapacityProviders", "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateCluster",
        "ecs:UpdateClusterSettings",
      ]
      Resource = ["${local.here.ecs}:cluster/${var.name}"]
    },
    {
      Sid       = "NewNamespace"
      Effect    = "Allow"
      Action    = ["servicediscovery:CreateHttpNamespace", "servicediscovery:TagResource"]
      Resource  = ["*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid      = "NamespaceTags"
      Effect   = "Allow"
      Action   = ["servicediscovery:UntagResource"]
      Resource = ["*"]
    },
    {
      Sid       = "Namespace"
      Effect    = "Allow"
      Action    = ["servicediscovery:DeleteNamespace", "servicediscovery:UpdateHttpNamespace"]
      Resource  = ["${local.here.servicediscovery}:namespace/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
  ]

  apply_schedules = [
    {
      Sid      = "ScheduleGroup"
      Effect   = "Allow"
      Action   = ["scheduler:CreateScheduleGroup", "scheduler:DeleteScheduleGroup", "scheduler:TagResource", "scheduler:UntagResource"]
      Resource = ["${local.here.scheduler}:schedule-group/${var.name}"]
    },
    {
      # A group takes its schedules along.
      Sid      = "Schedules"
      Effect   = "Allow"
      Action   = ["scheduler:DeleteSchedule"]
      Resource = ["${local.here.scheduler}:schedule/${var.name}/*"]
    },
  ]

  apply_load_balancer = [
    {
      Sid    = "LoadBalancer"
      Effect = "Allow"
      Action = [
        "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyListener",
        "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetRulePriorities",
        "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
      ]
      Resource = [
        for sort in ["listener", "listener-rule", "loadbalancer"] : "${local.here.elasticloadbalancing}:${sort}/app/${var.name}/*"
      ]
    },
    {
      # A long name is cut off in a target group's, so the tag says whose it is.
      Sid       = "NewTargetGroup"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:AddTags", "elasticloadbalancing:CreateTargetGroup"]
      Resource  = ["${local.here.elasticloadbalancing}:targetgroup/*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid    = "TargetGroup"
      Effect = "Allow"
      Action = [
        "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
        "elasticloadbalancing:RemoveTags",
      ]
      Resource  = ["${local.here.elasticloadbalancing}:targetgroup/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
  ]

  apply_logs = [
    {
      Sid    = "LogGroups"
      Effect = "Allow"
      Action = [
        "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      ]
      Resource = local.log_groups
    },
  ]

  apply_registry = [
    {
      # The declaration names the repositories as it likes; the tag says whose they are.
      Sid       = "NewRepository"
      Effect    = "Allow"
      Action    = ["ecr:CreateRepository", "ecr:TagResource"]
      Resource  = ["${local.here.ecr}:repository/*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid    = "Repository"
      Effect = "Allow"
      Action = [
        "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability", "ecr:PutLifecyclePolicy",
        "ecr:UntagResource",
      ]
      Resource  = ["${local.here.ecr}:repository/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
  ]
}
