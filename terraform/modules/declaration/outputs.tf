output "value" {
  description = "The part of the declaration that Terraform consumes, with its defaults filled in. Refused when anything in the file is wrong."

  # Written here and not in locals, because only here is it sure that the rules hold before it is computed.
  value = {
    environment = local.raw.environment
    account     = local.raw.account
    region      = local.raw.region
    ops_bucket  = local.raw.ops_bucket
    network = {
      cidr  = local.raw.network.cidr
      zones = local.raw.network.zones
      nat   = try(coalesce(local.raw.network.nat), "none")
    }
    repositories  = toset(try(coalescelist(local.raw.registry.repositories), []))
    load_balancer = try({ port = tonumber(coalesce(local.raw.load_balancer.port)) }, null)
    firewall = {
      for group, rules in try(merge(local.raw.firewall, {}), {}) : group => [
        for rule in coalesce(rules, []) : { from = rule.from, port = rule.port, reason = try(rule.reason, null) }
      ]
    }
    services = {
      for name, service in try(merge(local.raw.services, {}), {}) : name => {
        port = try(tonumber(service.port), null)
        public = one([for public in [try(service.public, null)] : {
          path     = public.path
          priority = module.rules.priorities[name]
          health = merge(
            { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 },
            { for key, setting in try(merge(public.health, {}), {}) : key => setting if setting != null },
          )
        } if public != null])
        secrets = try(merge(service.secrets, {}), {})
      }
    }
  }

  precondition {
    condition     = length(module.rules.faults) == 0
    error_message = "infra/environments/${var.environment}/environment.yaml is wrong:\n${join("\n", formatlist("  - %s", module.rules.faults))}\n`ops check` shows the lines."
  }
}

output "sha256" {
  description = "SHA-256 of environment.yaml in hexadecimal."
  value       = filesha256(var.path)
}

output "applied_from" {
  description = "The part of environment.yaml that Terraform consumes, as it stands there; null for what is absent. ops compares it with its own reading of the same keys."
  value = {
    environment   = try(local.raw.environment, null)
    account       = try(local.raw.account, null)
    region        = try(local.raw.region, null)
    ops_bucket    = try(local.raw.ops_bucket, null)
    network       = try(local.raw.network, null)
    registry      = try(local.raw.registry, null)
    load_balancer = try(local.raw.load_balancer, null)
    firewall      = try(local.raw.firewall, null)
    services = {
      for name, service in try(merge(local.raw.services, {}), {}) : name => {
        port    = try(service.port, null)
        public  = try(service.public, null)
        secrets = try(service.secrets, null)
      }
    }
  }
}
