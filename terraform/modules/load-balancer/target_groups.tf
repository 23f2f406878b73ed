locals {
  # AWS refuses a second target group of the same name, and some changes replace the group. With a hash of what
  # replaces it in the name, the new group can stand beside the old one until the listener points at it.
  target_group_names = {
    for name, target in var.targets : name => join("-", [
      substr("${var.name}-${name}", 0, 23),
      substr(sha1(jsonencode([var.name, name, target.port, var.vpc_id])), 0, 8),
    ])
  }

  alternate_target_group_names = {
    for name, target in var.targets : name => join("-", [
      substr("${var.name}-${name}", 0, 19),
      "alt",
      substr(sha1(jsonencode([var.name, name, target.port, var.vpc_id])), 0, 8),
    ]) if target.blue_green
  }

  # A service's name has no slash, so no service can be called like another one's alternate.
  target_groups = merge(
    { for name, target in var.targets : name => merge(target, { name = local.target_group_names[name] }) },
    { for name, group in local.alternate_target_group_names : "${name}/alternate" => merge(var.targets[name], { name = group }) },
  )
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:Services speak HTTP inside the network, where only the load balancer reaches them unless the firewall says more; TLS ends at the listener.

  for_each = local.target_groups

  name                 = each.value.name
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = each.value.port
  deregistration_delay = var.deregistration_delay_seconds

  health_check {
    protocol            = "HTTP"
    port                = "traffic-port"
    path                = each.value.health.path
    matcher             = "200"
    interval            = each.value.health.interval_seconds
    timeout             = each.value.health.timeout_seconds
    healthy_threshold   = each.value.health.healthy_threshold
    unhealthy_threshold = each.value.health.unhealthy_threshold
  }

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_iam_role_policy.deployment]

  lifecycle {
    create_before_destroy = true
  }
}
