locals {
  # A subnet's number comes from its zone's letter, not from its place in the list, so that adding,
  # removing or reordering zones never renumbers, and so never replaces, another zone's subnets.
  zone_numbers = { for zone in var.zones : zone => index(["a", "b", "c", "d", "e", "f", "g", "h"], substr(zone, -1, 1)) }

  public_cidrs  = { for zone, number in local.zone_numbers : zone => cidrsubnet(var.cidr, 4, number) }
  private_cidrs = { for zone, number in local.zone_numbers : zone => cidrsubnet(var.cidr, 4, 8 + number) }

  gateway_zones = {
    none     = toset([])
    single   = toset([var.zones[0]])
    per_zone = toset(var.zones)
  }[var.nat]
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:Flow logs are paid by volume and need a place and a role of their own; not made yet.

  cidr_block           = var.cidr
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

resource "aws_subnet" "public" {
  for_each = local.public_cidrs

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  # Tasks ask for a public address themselves; nothing gets one by accident.
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-public-${each.key}" }
}

resource "aws_subnet" "private" {
  for_each = local.private_cidrs

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = { Name = "${var.name}-private-${each.key}" }
}
