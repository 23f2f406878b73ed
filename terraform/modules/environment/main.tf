locals {
  environment = var.declaration.environment
  account     = var.declaration.account
  region      = var.declaration.region
  partition   = data.aws_partition.current.partition

  # Begins the names of everything in the environment.
  name = "slipway-${local.environment}"

  log_retention_days = var.declaration.logs.retention_days

  # Made by bootstrap. No role of the environment can do more than it says, whatever its own policies say.
  permissions_boundary_arn = "arn:${local.partition}:iam::${local.account}:policy/${local.name}-boundary"
}

data "aws_partition" "current" {}

module "network" {
  source = "../network"

  name                     = local.name
  environment              = local.environment
  account                  = local.account
  region                   = local.region
  partition                = local.partition
  cidr                     = var.declaration.network.cidr
  zones                    = var.declaration.network.zones
  nat                      = var.declaration.network.nat
  endpoints                = var.declaration.network.endpoints
  flow_logs                = var.declaration.network.flow_logs
  log_retention_days       = local.log_retention_days
  permissions_boundary_arn = local.permissions_boundary_arn
}

module "cluster" {
  source = "../cluster"

  name               = local.name
  environment        = local.environment
  container_insights = var.declaration.cluster.container_insights
  log_retention_days = local.log_retention_days
}

module "registry" {
  source = "../registry"

  repositories = var.declaration.repositories
  force_delete = var.allow_destroy
}
