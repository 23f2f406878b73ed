locals {
  # Without a gateway a private subnet reaches nothing, not even the registry.
  tasks_are_public = var.declaration.network.nat == "none"

  # What clients type: no port where the protocol has it by itself.
  load_balancer_port = try(contains(["http 80", "https 443"], "${var.declaration.load_balancer.protocol} ${var.declaration.load_balancer.port}"), true) ? "" : ":${var.declaration.load_balancer.port}"

  load_balancer = one([for balancer in module.load_balancer : {
    arn          = balancer.arn
    dns_name     = balancer.dns_name
    listener_arn = balancer.listener_arn
    url          = "${var.declaration.load_balancer.protocol}://${coalesce(local.load_balancer_host, balancer.dns_name)}${local.load_balancer_port}"
  }])

  # Where the tasks of each service and each task run.
  contract_workloads = {
    for name in keys(local.workloads) : name => {
      subnet_ids         = local.tasks_are_public ? module.network.public_subnet_ids : module.network.private_subnet_ids
      security_group_ids = [module.security_groups.ids[name]]
      assign_public_ip   = local.tasks_are_public
      execution_role_arn = module.workload_base[name].execution_role_arn
      task_role_arn      = module.workload_base[name].task_role_arn
      log_group          = module.workload_base[name].log_group
    }
  }

  target_group_arns = merge(module.load_balancer[*].target_group_arns...)

  traffic_shifts = merge([
    for balancer in module.load_balancer : {
      for service, priority in balancer.traffic_shift_priorities : service => {
        alternate_target_group_arn = balancer.alternate_target_group_arns[service]
        role_arn                   = balancer.deployment_role_arn
        listener_arn               = balancer.listener_arn
        rule_priority              = priority
        path                       = local.public_services[service].public.path
        # The rules of rolling services take every host too.
        host = null
      }
    }
  ]...)

  contract_services = {
    for name in keys(var.declaration.services) : name => merge(local.contract_workloads[name], {
      target_group_arn = lookup(local.target_group_arns, name, null)
      traffic_shift    = lookup(local.traffic_shifts, name, null)
    })
  }
}

module "platform" {
  source = "../platform"

  bucket = module.ops_bucket.name
  contract = {
    environment        = local.environment
    account            = local.account
    region             = local.region
    declaration_sha256 = var.declaration_sha256
    applied_from       = var.applied_from
    vpc_id             = module.network.vpc_id
    security_groups    = module.security_groups.ids
    cluster            = { name = module.cluster.name, arn = module.cluster.arn, namespace_arn = module.cluster.namespace_arn }
    load_balancer      = local.load_balancer
    repositories       = module.registry.repository_urls
    services           = local.contract_services
    tasks              = { for name in keys(var.declaration.tasks) : name => local.contract_workloads[name] }
    schedules = one([for schedules in module.schedules : {
      group           = schedules.group
      role_arn        = schedules.role_arn
      dead_letter_arn = schedules.dead_letter_arn
    }])
    database = one([for database in module.database : {
      identifier        = database.identifier
      address           = database.address
      port              = database.port
      schema            = database.schema
      replica_addresses = database.replica_addresses
      secret_arn        = database.secret_arn
    }])
    queues = {
      for name, queue in module.queue : name => {
        url             = queue.url
        arn             = queue.arn
        dead_letter_url = queue.dead_letter_url
        dead_letter_arn = queue.dead_letter_arn
      }
    }
    sites = {
      for name, site in module.site : name => {
        bucket          = site.bucket
        distribution_id = site.distribution_id
        domain_name     = site.domain_name
        url             = site.url
      }
    }
    uploads = {
      for name, upload in module.uploads : name => {
        bucket          = upload.bucket
        distribution_id = upload.distribution_id
        domain_name     = upload.domain_name
        url             = upload.url
        key_pair_ids    = upload.key_pair_ids
      }
    }
    alarm_topic_arn = one(module.alarms[*].topic_arn)
  }
}
