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

run "ranges_of_ports_prefix_lists_and_exceptions" {
  command = plan

  variables {
    groups = {
      load_balancer = { egress = "declared" }
      # Called like a prefix list, and no such list.
      pl-01234567 = {}
      api = {
        ingress = [
          { from = "load_balancer", port = 8080, to_port = 8090 },
          { from = "pl-01234567", port = 80 },
          { from = "pl-0123456789abcdef0", port = 443, reason = "the office" },
          { from = "10.0.0.0/8", port = 22, until = "9999-12-31" },
          { from = "192.0.2.0/24", port = 22, until = "2026-11-22" },
          { from = "load_balancer", port = 22, until = "2000-02-29" },
        ]
      }
      database = {
        exclusive = true
        ingress = [
          { from = "api", port = 3306, to_port = 3307 },
          { from = "pl-76543210", port = 3306, reason = "reads" },
          { from = "load_balancer", port = 3306, until = "2000-01-01" },
        ]
      }
    }
  }

  assert {
    condition = { for key, rule in aws_vpc_security_group_ingress_rule.range : key => "${coalesce(rule.cidr_ipv4, rule.prefix_list_id)} ${rule.from_port}-${rule.to_port} ${rule.description}" } == {
      "api from pl-0123456789abcdef0 port 443" = "pl-0123456789abcdef0 443-443 the office"
      "api from 10.0.0.0/8 port 22"            = "10.0.0.0/8 22-22 api from 10.0.0.0/8 port 22"
    }
    error_message = jsonencode(aws_vpc_security_group_ingress_rule.range)
  }

  # What is over is gone on both sides.
  assert {
    condition = { for rule in concat(values(aws_vpc_security_group_ingress_rule.group), values(aws_vpc_security_group_egress_rule.group)) : rule.tags.Name => "${rule.from_port}-${rule.to_port}" } == {
      "api from load_balancer ports 8080 to 8090" = "8080-8090"
      "api from pl-01234567 port 80"              = "80-80"
      "load_balancer to api ports 8080 to 8090"   = "8080-8090"
    }
    error_message = jsonencode([aws_vpc_security_group_ingress_rule.group, aws_vpc_security_group_egress_rule.group])
  }

  assert {
    condition = toset([for rule in aws_security_group.exclusive["database"].ingress : "${rule.description}: ${rule.from_port}-${rule.to_port} from ${join(",", rule.prefix_list_ids)} and ${length(rule.security_groups)}"]) == toset([
      "database from api ports 3306 to 3307: 3306-3307 from  and 1",
      "reads: 3306-3306 from pl-76543210 and 0",
    ])
    error_message = jsonencode(aws_security_group.exclusive["database"].ingress)
  }
}
