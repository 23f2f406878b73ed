# With this role ECS moves a blue/green service from one target group to the other. It goes after the second group, which AWS keeps as
# long as ECS may still move something there.
resource "aws_iam_role" "deployment" {
  count = length(local.alternate_target_group_names) > 0 ? 1 : 0

  name                 = "${var.name}-load-balancer"
  description          = "ECS moves blue/green services between their target groups with it."
  permissions_boundary = var.permissions_boundary_arn

  # As AWS documents it, without a condition: ECS takes the role for those alone who may pass it, and a role can be passed only within its account.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "deployment" {
  count = length(local.alternate_target_group_names) > 0 ? 1 : 0

  name = "load-balancer"
  role = aws_iam_role.deployment[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Look"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
        ]
        # These actions know no resources.
        Resource = ["*"]
      },
      {
        Sid    = "Register"
        Effect = "Allow"
        Action = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
        # By name, because the groups come after this policy.
        Resource = [
          for name, group in local.target_groups : "${split(":loadbalancer/", aws_lb.this.arn)[0]}:targetgroup/${group.name}/*" if group.blue_green
        ]
      },
      {
        Sid    = "Move"
        Effect = "Allow"
        Action = ["elasticloadbalancing:ModifyRule"]
        # The rules are made by ops, so only their listener is known here.
        Resource = ["${replace(aws_lb_listener.this.arn, ":listener/", ":listener-rule/")}/*"]
      },
    ]
  })
}
