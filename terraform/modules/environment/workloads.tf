locals {
  # Services and tasks: no two of them have one name.
  workloads = merge(
    { for name, service in var.declaration.services : name => { secrets = service.secrets, file_systems = service.file_systems, exec = service.exec } },
    { for name, task in var.declaration.tasks : name => { secrets = task.secrets, file_systems = task.file_systems, exec = false } },
  )

  # What the program in a container may do is what the declaration says that it does.
  task_statements = {
    for workload, settings in local.workloads : workload => concat(
      flatten([for name, queue in var.declaration.queues : module.queue[name].send_statements if contains(queue.send, workload)]),
      flatten([for name, queue in var.declaration.queues : module.queue[name].receive_statements if contains(queue.receive, workload)]),
      flatten([for name, upload in var.declaration.uploads : module.uploads[name].task_statements if contains(upload.services, workload)]),
      flatten([for file_system in settings.file_systems : local.file_system_statements[file_system]]),
    )
  }

  # As anybody but root, and through the access point if there is one: EFS then asks its policy.
  # https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
  file_system_statements = {
    for file_system in toset(flatten([for settings in values(local.workloads) : settings.file_systems])) : file_system => [
      merge(
        {
          Effect   = "Allow"
          Action   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
          Resource = "arn:${local.partition}:elasticfilesystem:${local.region}:${local.account}:file-system/${split(" ", file_system)[0]}"
        },
        {
          for access_point in slice(split(" ", file_system), 1, length(split(" ", file_system))) : "Condition" => {
            StringEquals = { "elasticfilesystem:AccessPointArn" = "arn:${local.partition}:elasticfilesystem:${local.region}:${local.account}:access-point/${access_point}" }
          }
        },
      )
    ]
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
  exec_log_group           = each.value.exec ? module.cluster.exec_log_group : null
  log_retention_days       = local.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn
}
