# The most that any role of an environment may do. Made without GitHub too: every role of an environment wants it.
module "permissions_boundary" {
  source   = "../modules/permissions-boundary"
  for_each = local.environments

  name               = "slipway-${each.key}"
  environment        = each.key
  other_environments = setsubtract(keys(local.environments), [each.key])
  account            = var.account
  region             = each.value.region
  partition          = data.aws_partition.current.partition
}
