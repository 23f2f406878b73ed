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
