mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name   = "slipway-test"
  vpc_id = "vpc-1"
  groups = {
    load_balancer = {
      egress  = "declared"
      ingress = [{ from = "internet", port = 80, reason = "the public entrance" }]
    }
    api = {
      ingress = [
        { from = "load_balancer", port = 8080 },
        { from = "worker", port = 9090 },
        { from = "10.0.0.0/8", port = 8081 },
      ]
    }
    worker = {}
  }
}

run "only_what_is_declared_is_open" {
  command = plan

  assert {
    condition     = keys(aws_vpc_security_group_ingress_rule.group) == ["api from load_balancer port 8080", "api from worker port 9090"]
    error_message = jsonencode(keys(aws_vpc_security_group_ingress_rule.group))
  }

  assert {
    condition = { for key, rule in aws_vpc_security_group_ingress_rule.range : key => "${rule.cidr_ipv4} ${rule.ip_protocol} ${rule.from_port}-${rule.to_port} ${rule.description}" } == {
      "load_balancer from internet port 80" = "0.0.0.0/0 tcp 80-80 the public entrance"
      "api from 10.0.0.0/8 port 8081"       = "10.0.0.0/8 tcp 8081-8081 api from 10.0.0.0/8 port 8081"
    }
    error_message = jsonencode({ for key, rule in aws_vpc_security_group_ingress_rule.range : key => "${rule.cidr_ipv4} ${rule.ip_protocol} ${rule.from_port}-${rule.to_port} ${rule.description}" })
  }
}

run "the_load_balancer_reaches_its_targets_only" {
  command = plan

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.group) == ["api from load_balancer port 8080"]
    error_message = jsonencode(keys(aws_vpc_security_group_egress_rule.group))
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.anywhere) == ["api", "worker"]
    error_message = jsonencode(keys(aws_vpc_security_group_egress_rule.anywhere))
  }
}

run "a_rule_keeps_its_key_when_the_list_is_reordered" {
  command = plan

  variables {
    groups = {
      load_balancer = {}
      worker        = {}
      api = {
        ingress = [
          { from = "worker", port = 9090 },
          { from = "load_balancer", port = 8080 },
        ]
      }
    }
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.group["api from load_balancer port 8080"].from_port == 8080
    error_message = "rules must be keyed by what they say"
  }
}

run "refuses_an_unknown_source" {
  command = plan

  variables {
    groups = { api = { ingress = [{ from = "wroker", port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_an_address_inside_a_range" {
  command = plan

  variables {
    groups = { api = { ingress = [{ from = "10.0.0.1/8", port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_port_zero" {
  command = plan

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 0 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_an_unknown_egress" {
  command = plan

  variables {
    groups = { api = { egress = "nowhere" } }
  }

  expect_failures = [var.groups]
}
