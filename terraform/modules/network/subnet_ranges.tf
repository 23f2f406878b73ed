locals {
  # A subnet's number comes from its zone's letter, not from its place in the list, so that adding,
  # removing or reordering zones never renumbers, and so never replaces, another zone's subnets.
  zone_numbers = { for zone in var.zones : zone => index(["a", "b", "c", "d", "e", "f", "g", "h"], substr(zone, -1, 1)) }

  # Tasks take an address each, so private subnets have half of the range; load balancers and databases take few.
  public_cidrs  = { for zone, number in local.zone_numbers : zone => cidrsubnet(var.cidr, 5, number) }
  data_cidrs    = { for zone, number in local.zone_numbers : zone => cidrsubnet(var.cidr, 5, 8 + number) }
  private_cidrs = { for zone, number in local.zone_numbers : zone => cidrsubnet(var.cidr, 4, 8 + number) }
}
