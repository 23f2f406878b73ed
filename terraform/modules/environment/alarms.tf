module "alarms" {
  source = "../alarms"
  count  = var.declaration.alarms == null ? 0 : 1

  name         = local.name
  account      = local.account
  region       = local.region
  partition    = local.partition
  notify       = var.declaration.alarms.notify
  thresholds   = var.declaration.alarms.thresholds
  cluster_name = module.cluster.name
  services     = toset(keys(var.declaration.services))
  load_balancer = one([for balancer in module.load_balancer : {
    arn_suffix = balancer.arn_suffix
    target_groups = merge(
      balancer.target_group_arn_suffixes,
      { for service, suffix in balancer.alternate_target_group_arn_suffixes : "${service}_alternate" => suffix },
    )
  }])
  database = one([for database in module.database : {
    identifier = database.identifier
    replicas   = database.replica_identifiers
    storage_gb = database.allocated_storage_gb
  }])
  queues = { for name, queue in module.queue : name => { name = queue.name, dead_letter_name = queue.dead_letter_name } }

  schedules_dead_letter_name = one(module.schedules[*].dead_letter_name)
}
