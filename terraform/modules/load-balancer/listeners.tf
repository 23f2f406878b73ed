# The listener that serves; what services claim hangs on it.
resource "aws_lb_listener" "this" {
  #checkov:skip=CKV_AWS_2:HTTPS unless the declaration asks for HTTP, which it has to where nobody owns a domain; checkov cannot see through the variable.
  #checkov:skip=CKV_AWS_103:HTTPS with TLS 1.2 at least unless the declaration asks for HTTP; checkov cannot see through the variable.

  load_balancer_arn = aws_lb.this.arn
  port              = var.port
  protocol          = var.protocol == "https" ? "HTTPS" : "HTTP"
  certificate_arn   = var.certificate_arn
  ssl_policy        = var.protocol == "https" ? "ELBSecurityPolicy-TLS13-1-2-2021-06" : null

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

resource "aws_lb_listener" "redirect" {
  count = var.protocol == "https" ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = var.port
      status_code = "HTTP_301"
    }
  }

  # Who comes from HTTP on port 80: the serving listener has to leave the port first.
  depends_on = [aws_lb_listener.this]
}

# A blue/green target has one too: what serves before ops has made the rule whose weights ECS moves, and after ops has removed it. That
# one stands directly before it.
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
