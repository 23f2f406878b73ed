# What `ops` does with services and tasks: the ECS services, task definitions and tasks of the cluster, the listener rules that ECS moves
# traffic by, scaling and schedules.
locals {
  cluster    = "${local.here.ecs}:cluster/${var.name}"
  in_cluster = { ArnEquals = { "ecs:cluster" = local.cluster } }

  # As the modules workload-base, load-balancer and schedules call them.
  workload_roles  = [for use in ["execution", "task"] : "${local.environment_roles}-${use}"]
  deployment_role = "${local.iam}:role/${var.name}-load-balancer"
  schedules_role  = "${local.iam}:role/${var.name}-schedules"

  # Of any name: services bring along the families that they had before.
  task_definitions = "${local.here.ecs}:task-definition/*:*"

  listener_rules = "${local.here.elasticloadbalancing}:listener-rule/app/${var.name}/*"

  deploy_services = concat(local.deploy_ecs, local.deploy_listener_rules, local.deploy_scaling, local.deploy_schedules)

  deploy_ecs = [
    {
      Sid       = "ServiceLists"
      Effect    = "Allow"
      Action    = ["ecs:ListServices", "ecs:ListTasks"]
      Resource  = ["*"]
      Condition = local.in_cluster
    },
    {
      Sid    = "Services"
      Effect = "Allow"
      Action = [
        "ecs:ContinueServiceDeployment", "ecs:CreateService", "ecs:DeleteService", "ecs:DescribeServiceDeployments", "ecs:DescribeServiceRevisions",
        "ecs:DescribeServices", "ecs:ListServiceDeployments", "ecs:StopServiceDeployment", "ecs:TagResource", "ecs:UpdateService",
      ]
      Resource = [for sort in ["service", "service-deployment", "service-revision"] : "${local.here.ecs}:${sort}/${var.name}/*"]
    },
    {
      Sid      = "Tasks"
      Effect   = "Allow"
      Action   = ["ecs:DescribeTasks", "ecs:StopTask", "ecs:TagResource"]
      Resource = ["${local.here.ecs}:task/${var.name}/*"]
    },
    {
      Sid       = "RunTask"
      Effect    = "Allow"
      Action    = ["ecs:RunTask"]
      Resource  = [local.task_definitions]
      Condition = local.in_cluster
    },
    {
      # ECS asks for it when a revision that is registered gets tags.
      Sid       = "TagNewTaskDefinition"
      Effect    = "Allow"
      Action    = ["ecs:TagResource"]
      Resource  = [local.task_definitions]
      Condition = { StringEquals = merge(local.new_of_environment, { "ecs:CreateAction" = "RegisterTaskDefinition" }) }
    },
    {
      Sid       = "TagTaskDefinition"
      Effect    = "Allow"
      Action    = ["ecs:TagResource"]
      Resource  = [local.task_definitions]
      Condition = { StringEquals = local.existing_of_environment }
    },
    {
      Sid       = "RegisterTaskDefinition"
      Effect    = "Allow"
      Action    = ["ecs:RegisterTaskDefinition"]
      Resource  = ["*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid      = "TaskDefinitions"
      Effect   = "Allow"
      Action   = ["ecs:DescribeTaskDefinition"]
      Resource = ["*"]
    },
    {
      Sid       = "PassRoles"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = local.workload_roles
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
    {
      Sid       = "PassDeploymentRole"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [local.deployment_role]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs.amazonaws.com" } }
    },
    {
      Sid       = "PassSchedulesRole"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [local.schedules_role]
      Condition = { StringEquals = { "iam:PassedToService" = "scheduler.amazonaws.com" } }
    },
  ]

  # Of the listener's rules only those that ops made: whatever Terraform makes has its tag.
  deploy_listener_rules = [
    {
      Sid       = "NewRule"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:CreateRule"]
      Resource  = ["${local.here.elasticloadbalancing}:listener/app/${var.name}/*", local.listener_rules]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      # While it is made. Later, tags would turn Terraform's rules into those of ops.
      Sid       = "TagNewRule"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:AddTags"]
      Resource  = [local.listener_rules]
      Condition = { StringEquals = merge(local.new_of_environment, { "elasticloadbalancing:CreateAction" = "CreateRule" }) }
    },
    {
      Sid       = "Rules"
      Effect    = "Allow"
      Action    = ["elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyRule", "elasticloadbalancing:SetRulePriorities"]
      Resource  = [local.listener_rules]
      Condition = { StringEquals = local.existing_of_environment, StringNotEquals = local.made_by_terraform }
    },
  ]

  deploy_scaling = [
    {
      # A target has a random id. Which service it is for is checked by ECS: scaling changes it with UpdateService.
      Sid    = "Scaling"
      Effect = "Allow"
      Action = [
        "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeleteScheduledAction", "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:PutScalingPolicy", "application-autoscaling:PutScheduledAction", "application-autoscaling:RegisterScalableTarget",
      ]
      Resource = ["${local.here.application-autoscaling}:scalable-target/*"]
      Condition = {
        StringEquals = {
          "application-autoscaling:scalable-dimension" = "ecs:service:DesiredCount"
          "application-autoscaling:service-namespace"  = "ecs"
        }
      }
    },
    {
      Sid    = "ObserveScaling"
      Effect = "Allow"
      # See unrestricted.tf.
      Action = [
        "application-autoscaling:DescribeScalableTargets", "application-autoscaling:DescribeScalingPolicies", "application-autoscaling:DescribeScheduledActions",
      ]
      Resource = ["*"]
    },
    {
      # A policy that aims at a value makes its own alarms, of these names.
      Sid      = "ScalingAlarms"
      Effect   = "Allow"
      Action   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"]
      Resource = ["${local.here.cloudwatch}:alarm:TargetTracking-service/${var.name}/*"]
    },
    {
      # AWS makes it at the first use in the account, with permissions that AWS decides.
      Sid       = "ScalingRole"
      Effect    = "Allow"
      Action    = ["iam:CreateServiceLinkedRole"]
      Resource  = ["${local.iam}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"]
      Condition = { StringEquals = { "iam:AWSServiceName" = "ecs.application-autoscaling.amazonaws.com" } }
    },
  ]

  deploy_schedules = [
    {
      Sid      = "Schedules"
      Effect   = "Allow"
      Action   = ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"]
      Resource = ["${local.here.scheduler}:schedule/${var.name}/*"]
    },
    {
      Sid      = "ScheduleLists"
      Effect   = "Allow"
      Action   = ["scheduler:ListSchedules"]
      Resource = ["*"]
    },
  ]
}
