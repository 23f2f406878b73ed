locals {
  # Without a gateway a private subnet reaches nothing, not even the registry.
  tasks_are_public = var.declaration.network.nat == "none"

  load_balancer = one([for balancer in module.load_balancer : {
    arn          = balancer.arn
    dns_name     = balancer.dns_name
    listener_arn = balancer.listener_arn
  }])

  target_group_arns = merge(module.load_balancer[*].target_group_arns...)

  contract_services = {
    for name in keys(var.declaration.services) : name => {
      subnet_ids         = local.tasks_are_public ? module.network.public_subnet_ids : module.network.private_subnet_ids
      security_group_ids = [module.security_groups.ids[name]]
      assign_public_ip   = local.tasks_are_public
      execution_role_arn = module.service_base[name].execution_role_arn
      task_role_arn      = module.service_base[name].task_role_arn
      log_group          = module.service_base[name].log_group
      target_group_arn   = lookup(local.target_group_arns, name, null)
    }
  }
}

module "platform" {
  source = "../platform"

  bucket = module.ops_bucket.name
  contract = {
    environment        = local.environment
    account            = var.declaration.account
    region             = var.declaration.region
    declaration_sha256 = var.declaration_sha256
    applied_from       = var.applied_from
    vpc_id             = module.network.vpc_id
    cluster            = { name = module.cluster.name, arn = module.cluster.arn }
    load_balancer      = local.load_balancer
    repositories       = module.registry.repository_urls
    services           = local.contract_services
  }
}
