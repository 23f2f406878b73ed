mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name        = "slipway-test"
  environment = "test"
  account     = "111122223333"
  region      = "ap-northeast-2"
  cidr        = "10.10.0.0/16"
  zones       = ["ap-northeast-2a", "ap-northeast-2c"]
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

  assert {
    condition     = length(aws_route_table.data.route) == 0
    error_message = "the data subnets' route table must have no route of its own, and say so"
  }
}

run "a_zones_letter_numbers_its_subnets" {
  command = plan

  assert {
    condition = { for zone, subnet in aws_subnet.public : zone => subnet.cidr_block } == {
      ap-northeast-2a = "10.10.0.0/21"
      ap-northeast-2c = "10.10.16.0/21"
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

  assert {
    condition = { for zone, subnet in aws_subnet.data : zone => subnet.cidr_block } == {
      ap-northeast-2a = "10.10.64.0/21"
      ap-northeast-2c = "10.10.80.0/21"
    }
    error_message = "data subnets: ${jsonencode({ for zone, subnet in aws_subnet.data : zone => subnet.cidr_block })}"
  }

  assert {
    condition     = alltrue([for subnets in [aws_subnet.public, aws_subnet.private, aws_subnet.data] : alltrue([for zone, subnet in subnets : subnet.availability_zone == zone])])
    error_message = "each subnet must be in the zone that it is named after"
  }
}

run "no_two_subnets_of_the_largest_network_overlap" {
  command = plan

  variables {
    zones = [for letter in split("", "abcdefgh") : "ap-northeast-2${letter}"]
  }

  assert {
    condition = alltrue([
      for cidr in concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)) :
      cidrhost("${split("/", cidr)[0]}/16", 0) == "10.10.0.0"
    ])
    error_message = "a subnet is outside of the network"
  }

  # Two ranges overlap exactly when one begins inside the other.
  assert {
    condition = [
      for pair in setproduct(
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
      ) : pair if cidrhost("${split("/", pair[1])[0]}/${split("/", pair[0])[1]}", 0) == cidrhost(pair[0], 0) && pair[0] != pair[1]
    ] == []
    error_message = "two subnets overlap"
  }

  assert {
    condition     = length(distinct(concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)))) == 24
    error_message = "two subnets have the same range"
  }
}

run "no_two_subnets_of_the_smallest_network_overlap" {
  command = plan

  variables {
    cidr  = "10.10.4.0/22"
    zones = [for letter in split("", "abcdefgh") : "ap-northeast-2${letter}"]
  }

  assert {
    condition = alltrue([
      for cidr in concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)) :
      cidrhost("${split("/", cidr)[0]}/22", 0) == "10.10.4.0"
    ])
    error_message = "a subnet is outside of the network"
  }

  assert {
    condition = [
      for pair in setproduct(
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
      ) : pair if cidrhost("${split("/", pair[1])[0]}/${split("/", pair[0])[1]}", 0) == cidrhost(pair[0], 0) && pair[0] != pair[1]
    ] == []
    error_message = "two subnets overlap"
  }

  assert {
    condition     = length(distinct(concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)))) == 24
    error_message = "two subnets have the same range"
  }

  assert {
    condition     = alltrue([for cidr in values(local.public_cidrs) : endswith(cidr, "/27")])
    error_message = "AWS puts a load balancer into nothing smaller than a /27"
  }
}

run "a_zone_between_moves_nothing" {
  command = plan

  variables {
    zones = ["ap-northeast-2c", "ap-northeast-2b", "ap-northeast-2a"]
  }

  assert {
    condition     = aws_subnet.public["ap-northeast-2c"].cidr_block == "10.10.16.0/21" && aws_subnet.private["ap-northeast-2c"].cidr_block == "10.10.160.0/20" && aws_subnet.data["ap-northeast-2c"].cidr_block == "10.10.80.0/21"
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
