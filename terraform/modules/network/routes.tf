locals {
  gateway_zones = {
    none     = toset([])
    single   = toset([var.zones[0]])
    per_zone = toset(var.zones)
  }[var.nat]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-public" }
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  for_each = local.public_cidrs

  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public[each.key].id
}

# One table per zone even without a gateway, so that turning `nat` on adds routes and moves nothing.
resource "aws_route_table" "private" {
  for_each = local.private_cidrs

  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table_association" "private" {
  for_each = local.private_cidrs

  route_table_id = aws_route_table.private[each.key].id
  subnet_id      = aws_subnet.private[each.key].id
}

resource "aws_eip" "gateway" {
  for_each = local.gateway_zones

  domain = "vpc"

  tags = { Name = "${var.name}-nat-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  for_each = local.gateway_zones

  allocation_id = aws_eip.gateway[each.key].id
  subnet_id     = aws_subnet.public[each.key].id

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_route.internet]
}

resource "aws_route" "gateway" {
  for_each = var.nat == "none" ? toset([]) : toset(var.zones)

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[var.nat == "single" ? var.zones[0] : each.key].id
}

resource "aws_route_table" "data" {
  vpc_id = aws_vpc.this.id
  # Said, and not left out, so that a way out made by hand shows in the next plan.
  route = []

  tags = { Name = "${var.name}-data" }
}

resource "aws_route_table_association" "data" {
  for_each = local.data_cidrs

  route_table_id = aws_route_table.data.id
  subnet_id      = aws_subnet.data[each.key].id
}
