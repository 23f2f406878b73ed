locals {
  network      = try(merge(local.root.network, {}), {})
  network_cidr = try(tostring(local.network.cidr), "")

  has_network = startswith(jsonencode(try(local.root.network, null)), "{")

  # A region that is wrong is one fault, not one more for each zone.
  knows_region = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", local.region))
  zone_region  = local.knows_region ? local.region : "[a-z]{2}(-[a-z]+)+-[0-9]"
  zone_example = local.knows_region ? "${local.region}a" : "ap-northeast-2a"

  network_endpoints = ["ecr", "ecs_exec", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "sts"]

  network_objects = [
    { path = "network", json = jsonencode(try(local.root.network, null)), required = local.is_mapping, known = ["cidr", "zones", "nat", "endpoints", "flow_logs"] },
  ]

  network_texts = [
    {
      path     = "network.cidr"
      json     = jsonencode(try(local.network.cidr, null))
      required = local.has_network
      pattern  = "^\"([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}\"$"
      allowed  = "an IPv4 range, such as 10.10.0.0/16"
    },
    { path = "network.nat", json = jsonencode(try(local.network.nat, null)), required = false, pattern = "^\"(none|single|per_zone)\"$", allowed = "none, single or per_zone" },
    { path = "network.flow_logs", json = jsonencode(try(local.network.flow_logs, null)), required = false, pattern = "^\"(none|rejected|all)\"$", allowed = "none, rejected or all" },
  ]

  network_lists = [
    {
      path     = "network.zones"
      json     = jsonencode(try(local.network.zones, null))
      required = local.has_network
      pattern  = "^\"${local.zone_region}[a-h]\"$"
      allowed  = "a zone of the region, such as ${local.zone_example}"
      minimum  = 2
      unique   = true
      secret   = false
    },
    {
      path     = "network.endpoints"
      json     = jsonencode(try(local.network.endpoints, null))
      required = false
      pattern  = "^\"(${join("|", local.network_endpoints)})\"$"
      allowed  = "one of ${join(", ", local.network_endpoints)}"
      minimum  = 0
      unique   = true
      secret   = false
    },
  ]

  # A load balancer takes no subnet smaller than /27, which is what a /22 leaves for each zone.
  network_relations = concat(
    [
      for cidr in [local.network_cidr] :
      "network.cidr: must be the first address of its range, which has to be /16 to /22 (a load balancer needs subnets of at least /27), such as 10.10.0.0/16 (got \"${cidr}\")"
      if can(regex("^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$", cidr)) && !try(
        cidrhost(cidr, 0) == split("/", cidr)[0] && tonumber(split("/", cidr)[1]) >= 16 && tonumber(split("/", cidr)[1]) <= 22,
      false)
    ],
    [
      for cidr in [local.network_cidr] : "network.cidr: must be a range for hosts, which 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and all from 224.0.0.0 are not (got \"${cidr}\")"
      if can(regex("^(0|127|169\\.254|22[4-9]|2[3-5][0-9])\\.", cidr)) && can(cidrhost(cidr, 0))
    ],
    [
      for region in [local.region] : "network.endpoints: must be empty in ${region}, where AWS gives many of them other names"
      if startswith(region, "cn-") && try(length(local.network.endpoints) > 0, false)
    ],
  )
}
