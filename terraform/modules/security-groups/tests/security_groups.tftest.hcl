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

run "an_exclusive_group_holds_its_rules_itself" {
  command = plan

  variables {
    groups = {
      load_balancer = { egress = "declared" }
      api           = {}
      worker        = { egress = "none" }
      database = {
        exclusive = true
        ingress = [
          { from = "api", port = 3306, reason = "reads" },
          { from = "10.9.0.0/16", port = 3306, reason = "reads" },
          { from = "load_balancer", port = 3306 },
        ]
      }
      closed = { exclusive = true, egress = "none" }
    }
  }

  assert {
    condition     = keys(aws_security_group.exclusive) == ["closed", "database"] && keys(aws_security_group.this) == ["api", "load_balancer", "worker"]
    error_message = "a group is exclusive or not"
  }

  # Sources of the same port and description must be one rule: AWS shows them as one.
  assert {
    condition = toset([for rule in aws_security_group.exclusive["database"].ingress : "${rule.description}: ${rule.protocol} ${rule.from_port}-${rule.to_port} from ${join(",", rule.cidr_blocks)} and ${length(rule.security_groups)}"]) == toset([
      "reads: tcp 3306-3306 from 10.9.0.0/16 and 1",
      "database from load_balancer port 3306: tcp 3306-3306 from  and 1",
    ])
    error_message = jsonencode(aws_security_group.exclusive["database"].ingress)
  }

  # Said, not left out: what is left out Terraform does not look at.
  assert {
    condition = alltrue([
      length(aws_security_group.exclusive["database"].egress) == 0,
      length(aws_security_group.exclusive["closed"].ingress) == 0,
    ])
    error_message = "an exclusive group must say that there is nothing else"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.group) + length(aws_vpc_security_group_ingress_rule.range) == 0
    error_message = "a rule must not be both inline and a resource"
  }

  assert {
    condition     = keys(aws_vpc_security_group_egress_rule.anywhere) == ["api"] && keys(aws_vpc_security_group_egress_rule.group) == ["database from load_balancer port 3306"]
    error_message = jsonencode([keys(aws_vpc_security_group_egress_rule.anywhere), keys(aws_vpc_security_group_egress_rule.group)])
  }

  assert {
    condition     = keys(output.ids) == ["api", "closed", "database", "load_balancer", "worker"]
    error_message = jsonencode(keys(output.ids))
  }
}
