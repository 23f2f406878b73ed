mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name               = "slipway-test"
  vpc_id             = "vpc-1"
  subnet_ids         = ["subnet-a", "subnet-c"]
  security_group_ids = ["sg-1"]
  protocol           = "http"
  port               = 80
  targets = {
    api = {
      port     = 8080
      path     = "/*"
      priority = 39817
      health = {
        path                = "/readyz"
        interval_seconds    = 5
        timeout_seconds     = 2
        healthy_threshold   = 2
        unhealthy_threshold = 3
      }
    }
  }
}

run "secure_by_default" {
  command = plan

  assert {
    condition     = aws_lb.this.drop_invalid_header_fields && aws_lb.this.enable_deletion_protection
    error_message = "invalid headers must be dropped and deletion refused"
  }

  assert {
    condition     = aws_lb_listener.this.default_action[0].type == "fixed-response" && aws_lb_listener.this.default_action[0].fixed_response[0].status_code == "404"
    error_message = "what no service claims must be answered with 404"
  }

  assert {
    condition = alltrue([
      aws_lb_listener.this.protocol == "HTTP",
      aws_lb_listener.this.port == 80,
      aws_lb_listener.this.certificate_arn == null,
      length(aws_lb_listener.redirect) == 0,
    ])
    error_message = "http must be one listener"
  }

  assert {
    condition     = !aws_lb.this.access_logs[0].enabled
    error_message = "without a bucket there must be no access logs"
  }

  assert {
    condition     = length(aws_iam_role.deployment) == 0 && output.deployment_role_arn == null && output.alternate_target_group_arns == {}
    error_message = "without a blue/green target nobody must be able to move one"
  }

  assert {
    condition = alltrue([
      aws_lb_target_group.this["api"].target_type == "ip",
      aws_lb_target_group.this["api"].port == 8080,
      aws_lb_target_group.this["api"].deregistration_delay == "30",
      aws_lb_target_group.this["api"].health_check[0].path == "/readyz",
      aws_lb_target_group.this["api"].health_check[0].interval == 5,
      aws_lb_target_group.this["api"].health_check[0].timeout == 2,
      aws_lb_target_group.this["api"].health_check[0].healthy_threshold == 2,
      aws_lb_target_group.this["api"].health_check[0].unhealthy_threshold == 3,
    ])
    error_message = jsonencode(aws_lb_target_group.this["api"])
  }

  assert {
    condition     = aws_lb_listener_rule.this["api"].priority == 39817
    error_message = "the rule must have the declared priority"
  }
}

run "https_unless_asked_otherwise_and_80_redirects" {
  command = plan

  variables {
    protocol        = null
    port            = 8443
    certificate_arn = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
    log_bucket      = "slipway-logs"
  }

  assert {
    condition = alltrue([
      aws_lb_listener.this.protocol == "HTTPS",
      aws_lb_listener.this.port == 8443,
      aws_lb_listener.this.certificate_arn == "arn:aws:acm:ap-northeast-2:111122223333:certificate/1",
      aws_lb_listener.this.ssl_policy == "ELBSecurityPolicy-TLS13-1-2-2021-06",
      aws_lb_listener_rule.this["api"].listener_arn == aws_lb_listener.this.arn,
    ])
    error_message = jsonencode(aws_lb_listener.this)
  }

  assert {
    condition = alltrue([
      aws_lb_listener.redirect[0].protocol == "HTTP",
      aws_lb_listener.redirect[0].port == 80,
      aws_lb_listener.redirect[0].default_action[0].redirect[0].protocol == "HTTPS",
      aws_lb_listener.redirect[0].default_action[0].redirect[0].port == "8443",
      aws_lb_listener.redirect[0].default_action[0].redirect[0].status_code == "HTTP_301",
    ])
    error_message = jsonencode(aws_lb_listener.redirect)
  }

  assert {
    condition = alltrue([
      aws_lb.this.access_logs[0].enabled,
      aws_lb.this.access_logs[0].bucket == "slipway-logs",
      aws_lb.this.access_logs[0].prefix == "load-balancer",
    ])
    error_message = jsonencode(aws_lb.this.access_logs)
  }
}

run "another_port_gets_another_name" {
  command = plan

  variables {
    targets = {
      api = {
        port     = 9090
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  assert {
    condition     = aws_lb_target_group.this["api"].name != run.secure_by_default.target_group_names["api"]
    error_message = "a target group that is replaced needs a new name to stand beside the old one"
  }
}
