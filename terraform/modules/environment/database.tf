locals {
  has_database = var.declaration.database != null
}

module "database" {
  source = "../database"
  count  = local.has_database ? 1 : 0

  name                     = local.name
  account                  = local.account
  region                   = local.region
  partition                = local.partition
  engine_version           = var.declaration.database.engine_version
  instance                 = var.declaration.database.instance
  schema                   = var.declaration.database.schema
  storage_gb               = var.declaration.database.storage_gb
  maximum_storage_gb       = var.declaration.database.maximum_storage_gb
  multi_zone               = var.declaration.database.multi_zone
  replicas                 = var.declaration.database.replicas
  backup_days              = var.declaration.database.backup_days
  parameters               = var.declaration.database.parameters
  subnet_ids               = module.network.data_subnet_ids
  security_group_ids       = [module.security_groups.ids["database"]]
  secret_name              = "slipway/${local.environment}/database"
  generated_password       = var.generated_database_password
  password                 = var.database_password
  log_retention_days       = local.log_retention_days
  deletion_protection      = !var.allow_destroy
  force_destroy            = var.allow_destroy
  permissions_boundary_arn = local.permissions_boundary_arn
}
