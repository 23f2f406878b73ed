locals {
  environment = var.declaration.environment
  # Begins the names of everything in the environment.
  name = "slipway-${local.environment}"

  has_load_balancer = var.declaration.load_balancer != null

  public_services = { for name, service in var.declaration.services : name => service if service.public != null }
}

data "aws_partition" "current" {}

module "network" {
  source = "../network"

  name  = local.name
  cidr  = var.declaration.network.cidr
  zones = var.declaration.network.zones
  nat   = var.declaration.network.nat
}

module "security_groups" {
  source = "../security-groups"

  name   = local.name
  vpc_id = module.network.vpc_id
  groups = merge(
    {
      for name in keys(var.declaration.services) : name => {
        ingress = lookup(var.declaration.firewall, name, [])
        egress  = "anywhere"
      }
    },
    # The load balancer only ever speaks to targets, so what it may open is what they admit.
    {
      for name in ["load_balancer"] : name => {
        ingress = lookup(var.declaration.firewall, name, [])
        egress  = "declared"
      } if local.has_load_balancer
    },
  )
}

module "load_balancer" {
  source = "../load-balancer"
  count  = local.has_load_balancer ? 1 : 0

  name                = local.name
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  security_group_ids  = [module.security_groups.ids["load_balancer"]]
  port                = var.declaration.load_balancer.port
  deletion_protection = !var.allow_destroy
  targets = {
    for name, service in local.public_services : name => {
      port     = service.port
      path     = service.public.path
      priority = service.public.priority
      health   = service.public.health
    }
  }
}

module "cluster" {
  source = "../cluster"

  name = local.name
}

module "service_base" {
  source   = "../service-base"
  for_each = var.declaration.services

  name        = local.name
  environment = local.environment
  service     = each.key
  account     = var.declaration.account
  region      = var.declaration.region
  partition   = data.aws_partition.current.partition
  secrets     = each.value.secrets
}

module "registry" {
  source = "../registry"

  repositories = var.declaration.repositories
  force_delete = var.allow_destroy
}

module "ops_bucket" {
  source = "../private-bucket"

  name          = var.declaration.ops_bucket
  force_destroy = var.allow_destroy
}
