locals {
  has_load_balancer = var.declaration.load_balancer != null
  is_https          = try(var.declaration.load_balancer.protocol == "https", false)

  public_services = { for name, service in var.declaration.services : name => service if service.public != null }

  load_balancer_host = one([
    for host in [try(var.declaration.load_balancer.host, null)] : "${host}.${var.declaration.domain.name}" if host != null
  ])
}

module "load_balancer" {
  source = "../load-balancer"
  count  = local.has_load_balancer ? 1 : 0

  name                = local.name
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  security_group_ids  = [module.security_groups.ids["load_balancer"]]
  protocol            = var.declaration.load_balancer.protocol
  port                = var.declaration.load_balancer.port
  certificate_arn     = local.is_https ? one(module.domain[*].certificate_arn) : null
  log_bucket          = module.log_bucket.name
  deletion_protection = !var.allow_destroy
  targets = {
    for name, service in local.public_services : name => {
      port       = service.port
      path       = service.public.path
      priority   = service.public.priority
      blue_green = service.shifts_traffic
      health     = service.public.health
    }
  }
  permissions_boundary_arn = local.permissions_boundary_arn
}

resource "aws_route53_record" "load_balancer" {
  count = local.load_balancer_host == null ? 0 : 1

  zone_id = one(module.domain[*].zone_id)
  name    = local.load_balancer_host
  type    = "A"

  alias {
    name                   = one(module.load_balancer[*].dns_name)
    zone_id                = one(module.load_balancer[*].zone_id)
    evaluate_target_health = true
  }
}
