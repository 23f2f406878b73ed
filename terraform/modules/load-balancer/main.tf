locals {
  # AWS refuses a second target group of the same name, and some changes replace the group. With a hash of what
  # replaces it in the name, the new group can stand beside the old one until the listener points at it.
  target_group_names = {
    for name, target in var.targets : name => join("-", [
      substr("${var.name}-${name}", 0, 23),
      substr(sha1(jsonencode([var.name, name, target.port, var.vpc_id])), 0, 8),
    ])
  }
}

resource "aws_lb" "this" {
  #checkov:skip=CKV_AWS_91:Access logs need a bucket that admits the load balancing service; not made yet.
  #checkov:skip=CKV2_AWS_20:There is nothing to redirect to: HTTPS needs a domain and its certificate, which the declaration cannot name yet.
  #checkov:skip=CKV2_AWS_28:A web ACL is paid by the rule and by the request; the declaration cannot ask for one yet.

  name                       = var.name
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.subnet_ids
  security_groups            = var.security_group_ids
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  tags = { Name = var.name }
}

resource "aws_lb_listener" "this" {
  #checkov:skip=CKV_AWS_2:HTTPS needs a domain and its certificate, which the declaration cannot name yet.
  #checkov:skip=CKV_AWS_103:HTTPS needs a domain and its certificate, which the declaration cannot name yet.

  load_balancer_arn = aws_lb.this.arn
  port              = var.port
  protocol          = "HTTP"

  # What no service claims is answered here, never by whichever service comes first.
  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "not found"
      status_code  = "404"
    }
  }
}

resource "aws_lb_target_group" "this" {
  #checkov:skip=CKV_AWS_378:Services speak HTTP inside the network, where only the load balancer reaches them unless the firewall says more; TLS is to end at the listener.

  for_each = var.targets

  name                 = local.target_group_names[each.key]
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

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = var.targets

  listener_arn = aws_lb_listener.this.arn
  priority     = each.value.priority

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }

  condition {
    path_pattern {
      values = [each.value.path]
    }
  }

  tags = { Name = "${var.name}-${each.key}" }
}
