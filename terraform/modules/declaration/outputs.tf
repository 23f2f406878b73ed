output "value" {
  description = "The part of the declaration that Terraform consumes, with its defaults filled in. Refused when anything in the file is wrong."

  # Written here and not in locals, because only here is it sure that the rules hold before it is computed.
  value = {
    environment = local.raw.environment
    account     = local.raw.account
    region      = local.raw.region
    ops_bucket  = local.raw.ops_bucket
    network = {
      cidr      = local.raw.network.cidr
      zones     = local.raw.network.zones
      nat       = try(local.raw.network.nat, "none")
      endpoints = toset(try(local.raw.network.endpoints, []))
      flow_logs = try(local.raw.network.flow_logs, "rejected")
    }
    logs         = { retention_days = try(local.raw.logs.retention_days, 30) }
    cluster      = { container_insights = try(local.raw.cluster.container_insights, "enabled") }
    repositories = toset(try(local.raw.registry.repositories, []))
    domain = one([for domain in [try(local.raw.domain, null)] : {
      name = domain.name
      zone = try(domain.zone, "create")
    } if domain != null])
    load_balancer = one([for balancer in [try(local.raw.load_balancer, null)] : {
      port     = balancer.port
      protocol = try(balancer.protocol, "http")
      host     = try(balancer.host, null)
    } if balancer != null])
    database = one([for database in [try(local.raw.database, null)] : {
      engine_version     = database.engine_version
      instance           = database.instance
      schema             = database.schema
      storage_gb         = try(database.storage_gb, 20)
      maximum_storage_gb = try(database.maximum_storage_gb, null)
      multi_zone         = try(database.multi_zone, false)
      replicas           = try(database.replicas, 0)
      backup_days        = try(database.backup_days, 7)
      parameters         = try(merge(database.parameters, {}), {})
    } if database != null])
    secrets = toset(try(local.raw.secrets, []))
    queues = {
      for name, queue in try(merge(local.raw.queues, {}), {}) : name => {
        send               = toset(try(queue.send, []))
        receive            = toset(try(queue.receive, []))
        fifo               = try(queue.fifo, true)
        visibility_seconds = try(queue.visibility_seconds, 300)
        retention_days     = try(queue.retention_days, 4)
        maximum_receives   = try(queue.maximum_receives, 5)
      }
    }
    sites = {
      for name, site in try(merge(local.raw.sites, {}), {}) : name => {
        host                    = try(site.host, null)
        entry                   = try(site.entry, "index.html")
        single_page             = try(site.single_page, false)
        precompressed           = try(tolist(site.precompressed), [])
        error_page              = try(site.error_page, null)
        content_security_policy = try(site.content_security_policy, null)
        price_class             = try(site.price_class, "PriceClass_200")
        backend                 = try(length(site.backend), 0) == 0 ? null : tolist(site.backend)
      }
    }
    uploads = {
      for name, upload in try(merge(local.raw.uploads, {}), {}) : name => {
        services    = toset(upload.services)
        origins     = try(upload.origins, [])
        host        = try(upload.host, null)
        public_keys = upload.public_keys
        expire_days = try(upload.expire_days, null)
      }
    }
    alarms = one([for alarms in [try(local.raw.alarms, null)] : {
      notify = toset(alarms.notify)
      thresholds = merge(
        {
          target_response_milliseconds = 1000
          server_error_percent         = 5
          cpu_percent                  = 85
          memory_percent               = 85
          oldest_message_seconds       = 300
          replica_lag_seconds          = 30
          free_storage_percent         = 15
        },
        try(alarms.thresholds, {}),
      )
    } if alarms != null])
    record_lock_days = try(local.raw.records.lock_days, null)
    firewall = {
      for group, rules in try(merge(local.raw.firewall, {}), {}) : group => [
        for rule in rules : {
          from    = rule.from
          port    = rule.port
          to_port = try(rule.to_port, null)
          reason  = try(rule.reason, null)
          until   = try(rule.until, null)
        }
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
        # Traffic moves from one target group to another.
        shifts_traffic = try(service.public != null, false) && contains(["blue_green", "canary", "linear"], try(service.deployment.strategy, ""))
        secrets        = local.secrets[name]
        exec           = try(service.exec == true, false)
        file_systems   = local.file_systems[name]
      }
    }
    tasks = {
      for name, task in try(merge(local.raw.tasks, {}), {}) : name => {
        family       = try(task.family, null)
        scheduled    = try(task.schedule != null, false)
        secrets      = local.secrets[name]
        file_systems = local.file_systems[name]
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
    logs          = try(local.raw.logs, null)
    cluster       = try(local.raw.cluster, null)
    registry      = try(local.raw.registry, null)
    domain        = try(local.raw.domain, null)
    load_balancer = try(local.raw.load_balancer, null)
    firewall      = try(local.raw.firewall, null)
    database      = try(local.raw.database, null)
    secrets       = try(local.raw.secrets, null)
    queues        = try(local.raw.queues, null)
    uploads       = try(local.raw.uploads, null)
    alarms        = try(local.raw.alarms, null)
    records       = try(local.raw.records, null)
    sites = try({
      for name, site in local.raw.sites : name => { for key, setting in site : key => setting if !contains(["artifact", "keep_builds", "immutable", "headers"], key) }
    }, null)
    services = try({
      for name, service in local.raw.services : name => {
        port       = try(service.port, null)
        public     = try(service.public, null)
        secrets    = try(service.secrets, null)
        exec       = try(service.exec, null)
        volumes    = try(service.volumes, null)
        containers = try({ for sidecar, container in service.containers : sidecar => { secrets = try(container.secrets, null) } }, null)
        deployment = one([for deployment in [try(service.deployment, null)] : { strategy = try(deployment.strategy, null) } if deployment != null])
      }
    }, null)
    tasks = try({
      for name, task in local.raw.tasks : name => {
        secrets    = try(task.secrets, null)
        volumes    = try(task.volumes, null)
        containers = try({ for sidecar, container in task.containers : sidecar => { secrets = try(container.secrets, null) } }, null)
        schedule   = try(task.schedule, null)
        family     = try(task.family, null)
      }
    }, null)
  }
}
