locals {
  # An empty file, a broken one and two documents in one stop here, with YAML's own line and column. The file is read in the
  # same expression: of a value with a name of its own Terraform would print the whole text, secrets and all.
  raw = yamldecode(file(var.path))

  # Where the secrets of all containers of a service or task are: no two of them have the same name. What is none of that is
  # null, which is never looked at, because the declaration is refused.
  secrets = {
    for name, workload in merge(try(merge(local.raw.services, {}), {}), try(merge(local.raw.tasks, {}), {})) : name => try(toset(flatten([
      for container in concat([workload], try(values(workload.containers), [])) : [for secret in try(values(container.secrets), []) : tostring(try(secret.from, secret))]
    ])), null)
  }

  # File systems that the task role decides about, as `<id>` or `<id> <access point>`.
  file_systems = {
    for name, workload in merge(try(merge(local.raw.services, {}), {}), try(merge(local.raw.tasks, {}), {})) : name => try(toset([
      for volume in values(workload.volumes) : trimspace("${volume.efs.file_system} ${try(volume.efs.access_point, null) == null ? "" : volume.efs.access_point}")
      if try(volume.efs.iam == true, false)
    ]), toset([]))
  }
}

module "rules" {
  source = "./rules"

  environment = var.environment
  raw         = local.raw
}
