mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name               = "slipway-test"
  vpc_id             = "vpc-1"
  subnet_ids         = ["subnet-a", "subnet-c"]
  security_group_ids = ["sg-1"]
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
}

run "a_target_group_as_declared" {
  command = plan

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
    condition     = aws_lb_target_group.this["api"].name != run.a_target_group_as_declared.target_group_names["api"]
    error_message = "a target group that is replaced needs a new name to stand beside the old one"
  }
}

run "long_names_fit" {
  command = plan

  variables {
    name = "slipway-a-rather-long-enviro"
    targets = {
      for name in ["a-service-of-24-charactrs", "a-service-of-24-characters"] : name => {
        port     = 8080
        path     = "/${name}"
        priority = length(name)
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  assert {
    condition     = alltrue([for group in aws_lb_target_group.this : length(group.name) <= 32])
    error_message = "a target group's name has at most 32 characters"
  }

  assert {
    condition     = length(distinct([for group in aws_lb_target_group.this : group.name])) == 2
    error_message = "names that are cut must stay different"
  }
}

run "refuses_one_subnet" {
  command = plan

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_long_name" {
  command = plan

  variables {
    name = "slipway-an-environment-with-a-long-name"
  }

  expect_failures = [var.name]
}

run "refuses_port_zero" {
  command = plan

  variables {
    port = 0
  }

  expect_failures = [var.port]
}

run "refuses_a_check_that_outlasts_its_interval" {
  command = plan

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 5, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_path_without_slash" {
  command = plan

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "api/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_the_same_priority_twice" {
  command = plan

  variables {
    targets = {
      for name in ["api", "web"] : name => {
        port     = 8080
        path     = "/${name}/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_an_endless_delay" {
  command = plan

  variables {
    deregistration_delay_seconds = 3601
  }

  expect_failures = [var.deregistration_delay_seconds]
}
