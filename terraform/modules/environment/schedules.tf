locals {
  scheduled_tasks = toset([for name, task in var.declaration.tasks : name if task.scheduled])
}

module "schedules" {
  source = "../schedules"
  count  = length(local.scheduled_tasks) > 0 ? 1 : 0

  name         = local.name
  account      = local.account
  region       = local.region
  partition    = local.partition
  cluster_name = module.cluster.name
  tasks = {
    for task in local.scheduled_tasks : task => {
      family             = coalesce(var.declaration.tasks[task].family, "${module.cluster.name}-${task}")
      execution_role_arn = module.workload_base[task].execution_role_arn
      task_role_arn      = module.workload_base[task].task_role_arn
    }
  }
  permissions_boundary_arn = local.permissions_boundary_arn
}
