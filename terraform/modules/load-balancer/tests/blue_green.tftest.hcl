mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                     = "slipway-test"
  vpc_id                   = "vpc-1"
  subnet_ids               = ["subnet-a", "subnet-c"]
  security_group_ids       = ["sg-1"]
  protocol                 = "http"
  port                     = 80
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
  targets = {
    api = {
      port       = 8080
      path       = "/*"
      priority   = 3
      blue_green = true
      health     = { path = "/readyz", interval_seconds = 5, timeout_seconds = 2, healthy_threshold = 2, unhealthy_threshold = 3 }
    }
    web = {
      port     = 3000
      path     = "/web/*"
      priority = 1
      health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
    }
  }
}

run "two_groups_alike_and_a_priority_for_ops" {
  command = plan

  assert {
    condition     = toset(keys(aws_lb_target_group.this)) == toset(["api", "api/alternate", "web"]) && keys(aws_lb_listener_rule.this) == ["api", "web"]
    error_message = "a blue/green target has two groups, and a rule as every other"
  }

  # What serves while ops has no rule: the target's own, directly behind it.
  assert {
    condition = alltrue([
      output.traffic_shift_priorities == { api = 2 },
      aws_lb_listener_rule.this["api"].priority == 3,
      aws_lb_listener_rule.this["api"].action[0].target_group_arn == aws_lb_target_group.this["api"].arn,
    ])
    error_message = jsonencode([output.traffic_shift_priorities, aws_lb_listener_rule.this["api"]])
  }

  assert {
    condition = alltrue([
      aws_lb_target_group.this["api/alternate"].port == 8080,
      aws_lb_target_group.this["api/alternate"].health_check == aws_lb_target_group.this["api"].health_check,
      aws_lb_target_group.this["api/alternate"].name != aws_lb_target_group.this["api"].name,
      startswith(aws_lb_target_group.this["api/alternate"].name, "slipway-test-api-alt-"),
    ])
    error_message = jsonencode(aws_lb_target_group.this["api/alternate"])
  }

  assert {
    condition = alltrue([
      keys(output.target_group_arns) == ["api", "web"],
      keys(output.alternate_target_group_arns) == ["api"],
      keys(output.target_group_arn_suffixes) == ["api", "web"],
      keys(output.alternate_target_group_arn_suffixes) == ["api"],
    ])
    error_message = "outputs are by service"
  }

  assert {
    condition = alltrue([
      output.arn == aws_lb.this.arn,
      output.arn_suffix == aws_lb.this.arn_suffix,
      output.dns_name == aws_lb.this.dns_name,
      output.zone_id == aws_lb.this.zone_id,
      output.listener_arn == aws_lb_listener.this.arn,
      output.deployment_role_arn == aws_iam_role.deployment[0].arn,
      output.target_group_arn_suffixes["api"] == aws_lb_target_group.this["api"].arn_suffix,
      output.alternate_target_group_arn_suffixes["api"] == aws_lb_target_group.this["api/alternate"].arn_suffix,
      output.target_group_arn_suffixes != output.alternate_target_group_arn_suffixes,
    ])
    error_message = "each output must be what it says"
  }

  assert {
    condition = jsondecode(aws_iam_role.deployment[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs.amazonaws.com" }
    }]
    error_message = aws_iam_role.deployment[0].assume_role_policy
  }

  assert {
    condition     = aws_iam_role.deployment[0].permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "the role must stay within the boundary"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.deployment[0].policy).Statement == [
      {
        Sid    = "Look"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
        ]
        Resource = ["*"]
      },
      {
        Sid      = "Register"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
        Resource = [for group in ["api", "api/alternate"] : "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/${aws_lb_target_group.this[group].name}/*"]
      },
      {
        Sid      = "Move"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:ModifyRule"]
        Resource = ["arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener-rule/app/slipway-test/0000000000000000/0000000000000000/*"]
      },
    ]
    error_message = aws_iam_role_policy.deployment[0].policy
  }
}

run "long_names_fit" {
  command = plan

  variables {
    name = "slipway-a-rather-long-enviro"
    targets = {
      for name in ["a-service-of-24-charactrs", "a-service-of-24-characters"] : name => {
        port       = 8080
        path       = "/${name}"
        priority   = 2 * (length(name) - 20)
        blue_green = true
        health     = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.this : length(group.name) <= 32])
    error_message = "a target group's name has at most 32 characters"
  }

  assert {
    condition     = length(distinct([for group in aws_lb_target_group.this : group.name])) == 4
    error_message = "names that are cut must stay different"
  }
}
