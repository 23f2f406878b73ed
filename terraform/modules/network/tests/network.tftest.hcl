mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name  = "slipway-test"
  cidr  = "10.10.0.0/16"
  zones = ["ap-northeast-2a", "ap-northeast-2c"]
}

run "secure_by_default" {
  command = plan

  assert {
    condition     = length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "the default security group must let nothing through"
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "no subnet may give out public addresses by itself"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_eip.gateway) == 0 && length(aws_route.gateway) == 0
    error_message = "without nat there is no gateway to pay for"
  }
}

run "a_zones_letter_numbers_its_subnets" {
  command = plan

  assert {
    condition = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == {
      ap-northeast-2a = "10.10.0.0/20"
      ap-northeast-2c = "10.10.32.0/20"
    }
    error_message = "public subnets: ${jsonencode({ for zone, subnet in aws_subnet.public : zone => subnet.cidr_block })}"
  }

  assert {
    condition = { for zone, subnet in aws_subnet.private : zone => subnet.cidr_block } == {
      ap-northeast-2a = "10.10.128.0/20"
      ap-northeast-2c = "10.10.160.0/20"
    }
    error_message = "private subnets: ${jsonencode({ for zone, subnet in aws_subnet.private : zone => subnet.cidr_block })}"
  }
}

run "a_zone_between_moves_nothing" {
  command = plan

  variables {
    zones = ["ap-northeast-2c", "ap-northeast-2b", "ap-northeast-2a"]
  }

  assert {
    condition     = aws_subnet.public["ap-northeast-2c"].cidr_block == "10.10.32.0/20" && aws_subnet.public["ap-northeast-2a"].cidr_block == "10.10.0.0/20"
    error_message = "adding and reordering zones renumbered a subnet"
  }
}

run "single_gateway_serves_all_zones" {
  command = plan

  variables {
    nat = "single"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["ap-northeast-2a"] && length(aws_route.gateway) == 2
    error_message = "one gateway in the first zone and a route in each are expected"
  }
}

run "per_zone_gateways" {
  command = plan

  variables {
    nat = "per_zone"
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["ap-northeast-2a", "ap-northeast-2c"] && length(aws_route.gateway) == 2
    error_message = "a gateway and a route in each zone are expected"
  }
}

run "refuses_a_range_that_is_too_small" {
  command = plan

  variables {
    cidr = "10.10.0.0/25"
  }

  expect_failures = [var.cidr]
}

run "refuses_an_address_inside_a_range" {
  command = plan

  variables {
    cidr = "10.10.3.7/16"
  }

  expect_failures = [var.cidr]
}

run "refuses_one_zone" {
  command = plan

  variables {
    zones = ["ap-northeast-2a"]
  }

  expect_failures = [var.zones]
}

run "refuses_the_same_zone_twice" {
  command = plan

  variables {
    zones = ["ap-northeast-2a", "ap-northeast-2a"]
  }

  expect_failures = [var.zones]
}

run "refuses_an_unknown_nat" {
  command = plan

  variables {
    nat = "double"
  }

  expect_failures = [var.nat]
}
