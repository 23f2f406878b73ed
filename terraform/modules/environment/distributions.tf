locals {
  # What a distribution needs to answer under a name of the domain.
  aliases = {
    for purpose, host in merge(
      { for name, site in var.declaration.sites : "site-${name}" => site.host },
      { for name, upload in var.declaration.uploads : "uploads-${name}" => upload.host },
      ) : purpose => host == null ? null : {
      name            = "${host}.${var.declaration.domain.name}"
      zone_id         = one(module.domain[*].zone_id)
      certificate_arn = one(module.domain[*].cloudfront_certificate_arn)
    }
  }
}

module "site" {
  source   = "../site"
  for_each = var.declaration.sites

  name                    = local.name
  site                    = each.key
  partition               = local.partition
  bucket                  = local.bucket_names["site-${each.key}"]
  alias                   = local.aliases["site-${each.key}"]
  entry                   = each.value.entry
  single_page             = each.value.single_page
  precompressed           = each.value.precompressed
  error_page              = each.value.error_page
  content_security_policy = each.value.content_security_policy
  price_class             = each.value.price_class
  backend = each.value.backend == null ? null : {
    # The name that a certificate is for, if there is one.
    domain_name = coalesce(local.load_balancer_host, module.load_balancer[0].dns_name)
    protocol    = var.declaration.load_balancer.protocol
    port        = var.declaration.load_balancer.port
    paths       = each.value.backend
  }
  access_log_bucket = module.log_bucket.name
  force_destroy     = var.allow_destroy

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }
}

module "uploads" {
  source   = "../uploads"
  for_each = var.declaration.uploads

  name              = local.name
  upload            = each.key
  account           = local.account
  partition         = local.partition
  bucket            = local.bucket_names["uploads-${each.key}"]
  alias             = local.aliases["uploads-${each.key}"]
  origins           = each.value.origins
  public_keys       = each.value.public_keys
  expire_days       = each.value.expire_days
  access_log_bucket = module.log_bucket.name
  force_destroy     = var.allow_destroy

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }
}
