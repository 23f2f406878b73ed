locals {
  firewall       = try(merge(local.root.firewall, {}), {})
  firewall_names = concat(local.has_load_balancer ? ["load_balancer"] : [], local.has_database ? ["database"] : [], local.workload_names)

  # A database opens no connections.
  firewall_sources = concat(["internet"], local.has_load_balancer ? ["load_balancer"] : [], local.workload_names)

  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
  prefix_list = "pl-([0-9a-f]{8}|[0-9a-f]{17})"

  firewall_rules = flatten([
    for group, rules in local.firewall : [
      for index, rule in try([for rule in rules : rule], []) : {
        group   = group
        path    = "firewall.${group}[${index}]"
        json    = jsonencode(rule)
        from    = jsonencode(try(rule.from, null))
        port    = jsonencode(try(rule.port, null))
        to_port = jsonencode(try(rule.to_port, null))
        until   = jsonencode(try(rule.until, null))
        why     = jsonencode(try(rule.reason, null))
      }
    ] if startswith(jsonencode(rules), "[")
  ])

  firewall_objects = concat(
    [{ path = "firewall", json = jsonencode(try(local.root.firewall, null)), required = false, known = keys(local.firewall) }],
    [for rule in local.firewall_rules : { path = rule.path, json = rule.json, required = true, known = ["from", "port", "to_port", "reason", "until"] }],
  )

  firewall_texts = concat(
    [for rule in local.firewall_rules : {
      path     = "${rule.path}.from"
      json     = rule.from
      required = startswith(rule.json, "{")
      pattern  = rule.group == "database" ? local.a_workload : "^\"(${join("|", local.firewall_sources)}|([0-9]{1,3}\\.){3}[0-9]{1,3}/(3[0-2]|[12]?[0-9])|${local.prefix_list})\"$"
      allowed  = rule.group == "database" ? local.a_workload_allowed : "${join(", ", local.firewall_sources)}, an IPv4 CIDR or the id of a prefix list"
    }],
    [for rule in local.firewall_rules : {
      path     = "${rule.path}.port"
      json     = rule.port
      required = startswith(rule.json, "{")
      pattern  = "^3306$"
      allowed  = "3306, where the database listens"
    } if rule.group == "database"],
    [for rule in local.firewall_rules : {
      path     = "${rule.path}.reason"
      json     = rule.why
      required = false
      # EC2 takes no other characters in a rule's description. jsonencode writes & as \u0026.
      pattern = "^\"([A-Za-z0-9 ._:/()#,@\\[\\]+=;{}!$*-]|\\\\u0026){1,255}\"$"
      allowed = "1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"
    }],
    [for rule in local.firewall_rules : {
      path     = "${rule.path}.until"
      json     = rule.until
      required = false
      pattern  = "^\"[0-9]{4}-[0-9]{2}-[0-9]{2}\"$"
      # Without quotes it is no text to Terraform's YAML, which writes it anew with a time.
      allowed = "a day in quotes, such as \"2026-10-31\", the last on which the rule holds"
    }],
  )

  firewall_numbers = flatten([
    for rule in local.firewall_rules : [
      { path = "${rule.path}.port", json = rule.port, required = startswith(rule.json, "{"), minimum = 1, maximum = 65535 },
      { path = "${rule.path}.to_port", json = rule.to_port, required = false, minimum = 1, maximum = 65535 },
    ] if rule.group != "database"
  ])

  firewall_keys = { for rule in local.firewall_rules : rule.path => "${rule.group} ${rule.from} ${rule.port} ${rule.to_port}" }

  firewall_relations = concat(
    [
      for group in keys(local.firewall) : "firewall.${group}: is neither the load balancer, the database, a service nor a task; known: ${join(", ", local.firewall_names)}"
      if !contains(["load_balancer", "database"], group) && !contains(local.firewall_names, group)
    ],
    [for group in keys(local.firewall) : "firewall.${group}: needs a ${group}, and none is declared" if contains(["load_balancer", "database"], group) && !contains(local.firewall_names, group)],
    [for group, rules in local.firewall : "firewall.${group}: must be a list of rules (got ${jsonencode(rules)})" if rules != null && !startswith(jsonencode(rules), "[")],
    [
      for rule in local.firewall_rules : "${rule.path}.from: write internet, so that everybody sees what it means (got ${rule.from})"
      if rule.group != "database" && endswith(rule.from, "/0\"")
    ],
    [
      for rule in local.firewall_rules : "${rule.path}.from: must be the first address of its range (got ${rule.from})"
      if rule.group != "database" && can(regex("^\"([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}\"$", rule.from)) && !try(cidrhost(jsondecode(rule.from), 0) == split("/", jsondecode(rule.from))[0], false)
    ],
    [
      for rule in local.firewall_rules : "${rule.path}: says the same as another rule of ${rule.group}"
      if length([for key in values(local.firewall_keys) : key if key == local.firewall_keys[rule.path]]) > 1
    ],
    [
      for rule in local.firewall_rules : "${rule.path}.to_port: the database listens on one port alone; remove the line"
      if rule.group == "database" && rule.to_port != "null"
    ],
    [
      for rule in local.firewall_rules : "${rule.path}.to_port: must be above port, where the range begins (got ${rule.to_port} after ${rule.port})"
      if rule.group != "database" && try(can(regex("^[0-9]+ [0-9]+$", "${rule.port} ${rule.to_port}")) && tonumber(rule.to_port) <= tonumber(rule.port), false)
    ],
    [
      for rule in local.firewall_rules : "${rule.path}.until: there is no such day (got ${rule.until})"
      if can(regex("^\"[0-9]{4}-[0-9]{2}-[0-9]{2}\"$", rule.until)) && !can(timeadd("${jsondecode(rule.until)}T00:00:00Z", "0s"))
    ],
  )
}
