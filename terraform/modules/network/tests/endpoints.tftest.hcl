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

run "images_come_from_s3_inside_the_network_which_only_this_accounts_principals_reach" {
  command = plan

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
}

run "every_name_stands_for_its_services" {
  command = plan

  variables {
    endpoints = ["ecr", "ecs_exec", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "sts"]
  }

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
}
