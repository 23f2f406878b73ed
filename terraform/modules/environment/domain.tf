locals {
  # Only distributions want their certificate in us-east-1.
  distributions_have_hosts = anytrue([for settings in concat(values(var.declaration.sites)[*].host, values(var.declaration.uploads)[*].host) : settings != null])
}

module "domain" {
  source = "../domain"
  count  = var.declaration.domain == null ? 0 : 1

  name          = var.declaration.domain.name
  zone          = var.declaration.domain.zone
  cloudfront    = local.distributions_have_hosts
  force_destroy = var.allow_destroy

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }
}
