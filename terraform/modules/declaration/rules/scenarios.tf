# What ops runs after a deployment. Terraform makes nothing of it, and takes no declaration that ops would not take.
locals {
  scenarios_raw = try(merge(local.root.scenarios, {}), {})
  scenarios     = { for name, scenario in local.scenarios_raw : name => scenario if startswith(jsonencode(scenario), "{") }

  scenario_file     = "^\"infra/scenarios/([A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*\\.hurl\"$"
  scenario_variable = { name = "^[a-z][a-z0-9_]{0,39}$", allowed_name = "a lower-case letter, then up to 39 lower-case letters, digits and _", reserved_name = "^(url|environment|commit)$" }

  scenario_forms = {
    scenario = {
      file                   = { text = local.scenario_file, longest = 255, required = true, allowed = "the path of a .hurl file below infra/scenarios/, of letters, digits and _.-, no part of which begins with a dot" }
      base                   = { text = "^\"(load_balancer|[a-z]([a-z0-9-]{0,22}[a-z0-9])?|https://([!#-%'-;=?-\\[\\]-~]|\\\\[\"\\\\]|\\\\u00(3c|3e|26))+)\"$", allowed = "load_balancer, the name of a site, or an address that begins with https://" }
      variables              = merge(local.scenario_variable, { value = "^\"([^\"\\\\]|\\\\\\\\|\\\\u00(3c|3e|26))*\"$", allowed = "text on one line and without quotes in it: quote it", secret = true })
      secrets                = merge(local.scenario_variable, { value = "${local.secret_reference}|^\\{", allowed = local.secret_reference_allowed, secret = true, form = "secret_part", each = "names" })
      timeout_seconds        = { minimum = 1, maximum = 900 }
      retries                = { minimum = 0, maximum = 20 }
      retry_interval_seconds = { minimum = 1, maximum = 60 }
      after_failure          = { options = ["report", "roll_back"] }
    }
  }

  scenario_objects = [{ path = "scenarios", json = jsonencode(try(local.root.scenarios, null)), required = false, known = keys(local.scenarios_raw) }]

  scenario_nodes = [for name, scenario in local.scenarios_raw : { path = "scenarios.${name}", form = "scenario", json = jsonencode(scenario), required = true }]

  # Of each variable where it is kept; what is no place is a fault of its own.
  scenario_places = {
    for name, scenario in local.scenarios : name => {
      for variable, place in { for variable, secret in try(merge(scenario.secrets, {}), {}) : variable => try(tostring(secret.from), tostring(secret), "") } : variable => place
      if can(regex(local.secret_reference, jsonencode(place)))
    }
  }

  scenario_relations = concat(
    [for name in keys(local.scenarios_raw) : "scenarios.${name}: the name must be ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    [
      for name, base in { for name, scenario in local.scenarios : name => try(tostring(scenario.base), "load_balancer") } : "scenarios.${name}.base: must be what is declared (got \"${base}\")"
      if can(regex("^[a-z][a-z0-9_-]*$", base)) && (base == "load_balancer" ? try(local.root.load_balancer, null) == null : !contains(keys(local.sites_raw), base))
    ],
    flatten([
      for name, scenario in local.scenarios : [
        for variable in keys(try(merge(scenario.secrets, {}), {})) : "scenarios.${name}.secrets.${variable}: must not be among the variables too"
        if contains(keys(try(merge(scenario.variables, {}), {})), variable)
      ]
    ]),
    flatten([
      for name, places in local.scenario_places : [
        for variable, place in places : "scenarios.${name}.secrets.${variable}: must be below ssm:/slipway/${var.environment}/scenarios/ or secretsmanager:slipway/${var.environment}/scenarios/: ops reads no other values"
        if !can(regex("^(ssm:/|secretsmanager:)slipway/${var.environment}/scenarios/", place))
      ]
    ]),
    flatten([
      for name, scenario in local.scenarios : [
        for variable, secret in try(merge(scenario.secrets, {}), {}) : "scenarios.${name}.secrets.${variable}: only secrets of Secrets Manager have keys and versions"
        if startswith(try(tostring(secret.from), ""), "ssm:") && (try(secret.key, null) != null || try(secret.version, null) != null)
      ]
    ]),
  )
}
