# Subnets, route tables and groups have ids of their own at the plan, because the mock names their types.
mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan

  mock_resource "aws_subnet" {}
  mock_resource "aws_route_table" {}
  mock_resource "aws_security_group" {}
}

variables {
  name        = "slipway-test"
  environment = "test"
  account     = "111122223333"
  region      = "ap-northeast-2"
  cidr        = "10.10.0.0/16"
  zones       = ["ap-northeast-2a", "ap-northeast-2c"]
}

run "each_subnet_has_its_route_table_its_endpoints_and_the_one_gateway" {
  command = plan

  variables {
    nat                      = "single"
    endpoints                = ["ecr", "ecs_exec", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "sts"]
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
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

  assert {
    condition     = keys(aws_nat_gateway.this) == ["ap-northeast-2a"] && length(aws_route.gateway) == 2
    error_message = "one gateway in the first zone and a route in each are expected"
  }

  # Every name stands for its services.
  assert {
    condition     = aws_vpc.this.enable_dns_support && aws_vpc.this.enable_dns_hostnames
    error_message = "AWS refuses endpoints that answer under their services' own names in a network without both"
  }

  assert {
    condition = { for name, endpoint in aws_vpc_endpoint.interface : name => endpoint.service_name } == {
      for name in ["ecr.api", "ecr.dkr", "ssmmessages", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "sts"] : name => "com.amazonaws.ap-northeast-2.${name}"
    }
    error_message = jsonencode({ for name, endpoint in aws_vpc_endpoint.interface : name => endpoint.service_name })
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.vpc_endpoint_type == "Interface" && endpoint.private_dns_enabled])
    error_message = "an endpoint must answer under the service's own name"
  }

  assert {
    condition = alltrue([
      for endpoint in aws_vpc_endpoint.interface : jsondecode(endpoint.policy) == {
        Version = "2012-10-17"
        Statement = [{
          Sid       = "OwnAccountOnly"
          Effect    = "Allow"
          Principal = "*"
          Action    = "*"
          Resource  = "*"
          Condition = { StringEquals = { "aws:PrincipalAccount" = "111122223333" } }
        }]
      }
    ])
    error_message = aws_vpc_endpoint.interface["logs"].policy
  }

  assert {
    condition = [for rule in aws_security_group.endpoints[0].ingress : [rule.protocol, tostring(rule.from_port), tostring(rule.to_port), join(",", rule.cidr_blocks)]] == [
      ["tcp", "443", "443", "10.10.0.0/16"],
    ]
    error_message = "endpoints admit HTTPS from inside the network and nothing else: ${jsonencode(aws_security_group.endpoints[0].ingress)}"
  }

  assert {
    condition     = length(aws_security_group.endpoints[0].egress) == 0
    error_message = "an endpoint opens no connections"
  }

  # What the firewall turns away is logged, with a role for nothing else.
  assert {
    condition     = aws_flow_log.this[0].traffic_type == "REJECT" && aws_flow_log.this[0].vpc_id == aws_vpc.this.id && aws_flow_log.this[0].log_destination == aws_cloudwatch_log_group.flow[0].arn
    error_message = "rejected connections of the whole network must be logged"
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow[0].name == "/slipway/test/flow" && aws_cloudwatch_log_group.flow[0].retention_in_days == 30
    error_message = "flow logs are kept for 30 days"
  }

  assert {
    condition = jsondecode(aws_iam_role.flow_logs[0].assume_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "vpc-flow-logs.amazonaws.com" }
        Condition = {
          StringEquals = { "aws:SourceAccount" = "111122223333" }
          ArnLike      = { "aws:SourceArn" = "arn:aws:ec2:ap-northeast-2:111122223333:vpc-flow-log/*" }
        }
      }]
    }
    error_message = aws_iam_role.flow_logs[0].assume_role_policy
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.flow_logs[0].policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
          Resource = ["${aws_cloudwatch_log_group.flow[0].arn}:*"]
        },
        # A list of names, for which IAM knows no resource. Nothing else may stand here.
        { Effect = "Allow", Action = ["logs:DescribeLogGroups"], Resource = ["*"] },
      ]
    }
    error_message = aws_iam_role_policy.flow_logs[0].policy
  }

  assert {
    condition     = aws_iam_role.flow_logs[0].permissions_boundary == "arn:aws:iam::111122223333:policy/slipway-test-boundary"
    error_message = "the role must be bounded"
  }
}
