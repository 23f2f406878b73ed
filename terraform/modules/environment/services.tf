locals {
  # What the program in a service's container may do is what the declaration says that it does.
  task_statements = {
    for service in keys(var.declaration.services) : service => concat(
      flatten([for name, queue in var.declaration.queues : module.queue[name].send_statements if contains(queue.send, service)]),
      flatten([for name, queue in var.declaration.queues : module.queue[name].receive_statements if contains(queue.receive, service)]),
      flatten([for name, upload in var.declaration.uploads : module.uploads[name].task_statements if contains(upload.services, service)]),
    )
  }
}

module "service_base" {
  source   = "../service-base"
  for_each = var.declaration.services

  name                     = local.name
  environment              = local.environment
  service                  = each.key
  account                  = local.account
  region                   = local.region
  partition                = local.partition
  secrets                  = each.value.secrets
  task_statements          = local.task_statements[each.key]
  log_retention_days       = local.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn
}

module "secrets" {
  source = "../secrets"

  references    = var.declaration.secrets
  recovery_days = var.allow_destroy ? 0 : 30
}

module "queue" {
  source   = "../queue"
  for_each = var.declaration.queues

  name               = "${local.name}-${each.key}"
  account            = local.account
  region             = local.region
  partition          = local.partition
  fifo               = each.value.fifo
  visibility_seconds = each.value.visibility_seconds
  retention_days     = each.value.retention_days
  maximum_receives   = each.value.maximum_receives
}
