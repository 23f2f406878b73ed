resource "aws_vpc" "this" {
  cidr_block = var.cidr
  # Both are needed for interface endpoints to answer under their services' own names.
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# AWS lets everything in this group talk to everything in it; emptied, a resource that forgets to name a group is closed.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  # Said, and not left out, so that a rule added by hand shows in the next plan.
  ingress = []
  egress  = []

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}
