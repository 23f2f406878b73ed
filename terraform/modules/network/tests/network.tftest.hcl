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

run "secure_by_default_and_numbered_by_the_zones_letter" {
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

  # Images come from S3 inside of the network, which only this account's principals reach.
  assert {
    condition     = aws_vpc_endpoint.s3.service_name == "com.amazonaws.ap-northeast-2.s3" && aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway"
    error_message = "S3 must be reached through a gateway endpoint"
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_security_group.endpoints) == 0
    error_message = "an interface endpoint is paid by the hour and must be asked for"
  }

  assert {
    condition = jsondecode(aws_vpc_endpoint.s3.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "OwnAccountOnly"
          Effect    = "Allow"
          Principal = "*"
          Action    = "*"
          Resource  = "*"
          Condition = { StringEquals = { "aws:PrincipalAccount" = "111122223333" } }
        },
        {
          Sid       = "ImageLayers"
          Effect    = "Allow"
          Principal = "*"
          Action    = "s3:GetObject"
          Resource  = "arn:aws:s3:::prod-ap-northeast-2-starport-layer-bucket/*"
        },
      ]
    }
    error_message = aws_vpc_endpoint.s3.policy
  }

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

run "a_zone_between_moves_nothing_and_no_flow_logs" {
  command = plan

  variables {
    zones     = ["ap-northeast-2c", "ap-northeast-2b", "ap-northeast-2a"]
    flow_logs = "none"
  }

  assert {
    condition     = aws_subnet.public["ap-northeast-2c"].cidr_block == "10.10.16.0/21" && aws_subnet.private["ap-northeast-2c"].cidr_block == "10.10.160.0/20" && aws_subnet.data["ap-northeast-2c"].cidr_block == "10.10.80.0/21"
    error_message = "adding and reordering zones renumbered a subnet"
  }

  assert {
    condition     = length(aws_flow_log.this) + length(aws_cloudwatch_log_group.flow) + length(aws_iam_role.flow_logs) + length(aws_iam_role_policy.flow_logs) == 0
    error_message = "without flow logs there is no group and no role"
  }
}

run "per_zone_gateways_and_all_flow_logs" {
  command = plan

  variables {
    nat                = "per_zone"
    flow_logs          = "all"
    log_retention_days = 7
  }

  assert {
    condition     = keys(aws_nat_gateway.this) == ["ap-northeast-2a", "ap-northeast-2c"] && length(aws_route.gateway) == 2
    error_message = "a gateway and a route in each zone are expected"
  }

  assert {
    condition     = aws_flow_log.this[0].traffic_type == "ALL" && aws_cloudwatch_log_group.flow[0].retention_in_days == 7
    error_message = "all connections must be logged, for 7 days"
  }
}
