locals {
  # Services and tasks: no two of them have one name.
  workloads = merge(
    { for name, service in var.declaration.services : name => { secrets = service.secrets } },
    { for name, task in var.declaration.tasks : name => { secrets = task.secrets } },
  )

  # What the program in a container may do is what the declaration says that it does.
  task_statements = {
    for workload in keys(local.workloads) : workload => concat(
      flatten([for name, queue in var.declaration.queues : module.queue[name].send_statements if contains(queue.send, workload)]),
      flatten([for name, queue in var.declaration.queues : module.queue[name].receive_statements if contains(queue.receive, workload)]),
      flatten([for name, upload in var.declaration.uploads : module.uploads[name].task_statements if contains(upload.services, workload)]),
    )
  }
}

module "workload_base" {
  source   = "../workload-base"
  for_each = local.workloads

  name                     = local.name
  environment              = local.environment
  workload                 = each.key
  account                  = local.account
  region                   = local.region
  partition                = local.partition
  secrets                  = each.value.secrets
  task_statements          = local.task_statements[each.key]
  log_retention_days       = local.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn
}
