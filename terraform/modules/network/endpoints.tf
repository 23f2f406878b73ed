locals {
  # What AWS calls the services behind each name.
  endpoint_services = {
    ecr            = ["ecr.api", "ecr.dkr"]
    ecs_exec       = ["ssmmessages"]
    logs           = ["logs"]
    monitoring     = ["monitoring"]
    secretsmanager = ["secretsmanager"]
    sqs            = ["sqs"]
    ssm            = ["ssm"]
    sts            = ["sts"]
  }

  interface_services = toset(flatten([for name in var.endpoints : local.endpoint_services[name]]))

  # An endpoint's policy grants nothing: it bounds what passes. Credentials of another account, brought or stolen,
  # do not; which actions on which resources is for the policies of the account's own roles to say.
  own_account_only = {
    Sid       = "OwnAccountOnly"
    Effect    = "Allow"
    Principal = "*"
    Action    = "*"
    Resource  = "*"
    Condition = { StringEquals = { "aws:PrincipalAccount" = var.account } }
  }
}

# Without it the layers of images, which ECR keeps in S3, pay a NAT gateway's price by the gigabyte. It costs nothing.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids = concat(
    [aws_route_table.public.id, aws_route_table.data.id],
    [for table in aws_route_table.private : table.id],
  )
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.own_account_only,
      {
        # ECR hands out links to layers that an account of its own has signed.
        Sid       = "ImageLayers"
        Effect    = "Allow"
        Principal = "*"
        Action    = "s3:GetObject"
        Resource  = "arn:${var.partition}:s3:::prod-${var.region}-starport-layer-bucket/*"
      },
    ]
  })

  tags = { Name = "${var.name}-s3" }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_services

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [local.own_account_only]
  })

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count = length(local.interface_services) > 0 ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "Interface endpoints of ${var.name}. HTTPS from inside the network, and nothing else."
  vpc_id      = aws_vpc.this.id
  # Both are whole lists, so that a rule added by hand shows in the next plan.
  ingress = [{
    description      = "HTTPS from inside the network"
    protocol         = "tcp"
    from_port        = 443
    to_port          = 443
    cidr_blocks      = [var.cidr]
    ipv6_cidr_blocks = []
    prefix_list_ids  = []
    security_groups  = []
    self             = false
  }]
  egress = []

  tags = { Name = "${var.name}-endpoints" }
}
