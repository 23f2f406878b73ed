# Applies: only then have the subnets and route tables of a mock ids of their own.
mock_provider "aws" {
  source = "../../mocks"
}

run "each_subnet_has_its_route_table_and_each_route_table_s3" {
  variables {
    name        = "slipway-test"
    environment = "test"
    account     = "111122223333"
    region      = "ap-northeast-2"
    cidr        = "10.10.0.0/16"
    zones       = ["ap-northeast-2a", "ap-northeast-2c"]
    nat         = "single"
    endpoints   = ["logs"]
  }

  assert {
    condition = alltrue(flatten([
      for zone in ["ap-northeast-2a", "ap-northeast-2c"] : [
        aws_route_table_association.public[zone].subnet_id == aws_subnet.public[zone].id,
        aws_route_table_association.public[zone].route_table_id == aws_route_table.public.id,
        aws_route_table_association.private[zone].subnet_id == aws_subnet.private[zone].id,
        aws_route_table_association.private[zone].route_table_id == aws_route_table.private[zone].id,
        aws_route_table_association.data[zone].subnet_id == aws_subnet.data[zone].id,
        aws_route_table_association.data[zone].route_table_id == aws_route_table.data.id,
      ]
    ]))
    error_message = "a subnet has the route table of another"
  }

  assert {
    condition     = !contains(concat([aws_route.internet.route_table_id], [for route in aws_route.gateway : route.route_table_id]), aws_route_table.data.id)
    error_message = "there must be no way from the data subnets to the internet"
  }

  assert {
    condition     = aws_route.internet.route_table_id == aws_route_table.public.id && alltrue([for zone, route in aws_route.gateway : route.route_table_id == aws_route_table.private[zone].id])
    error_message = "public subnets go out by the internet gateway, private ones by NAT"
  }

  assert {
    condition     = aws_vpc_endpoint.s3.route_table_ids == toset(concat([aws_route_table.public.id, aws_route_table.data.id], [for table in aws_route_table.private : table.id]))
    error_message = "S3 must be reached inside the network from every subnet"
  }

  assert {
    condition     = aws_vpc_endpoint.interface["logs"].subnet_ids == toset([for subnet in aws_subnet.private : subnet.id]) && aws_vpc_endpoint.interface["logs"].security_group_ids == toset([aws_security_group.endpoints[0].id])
    error_message = "an endpoint must be in the private subnet of every zone, behind its own security group"
  }

  assert {
    condition     = aws_flow_log.this[0].iam_role_arn == aws_iam_role.flow_logs[0].arn && aws_iam_role_policy.flow_logs[0].role == aws_iam_role.flow_logs[0].id
    error_message = "flow logs must be delivered with the role that may write them"
  }

  assert {
    condition = alltrue([
      output.public_subnet_ids == [aws_subnet.public["ap-northeast-2a"].id, aws_subnet.public["ap-northeast-2c"].id],
      output.private_subnet_ids == [aws_subnet.private["ap-northeast-2a"].id, aws_subnet.private["ap-northeast-2c"].id],
      output.data_subnet_ids == [aws_subnet.data["ap-northeast-2a"].id, aws_subnet.data["ap-northeast-2c"].id],
      output.vpc_id == aws_vpc.this.id,
    ])
    error_message = "an output names the wrong subnets"
  }
}
