# The same files in every environment; the folder's name says which one it is.
locals {
  environment = basename(abspath(path.root))
}

module "declaration" {
  source = "../../modules/declaration"

  environment = local.environment
  path        = "${path.root}/../../../infra/environments/${local.environment}/environment.yaml"
}

module "environment" {
  source = "../../modules/environment"

  declaration        = module.declaration.value
  declaration_sha256 = module.declaration.sha256
  applied_from       = module.declaration.applied_from
  allow_destroy      = var.allow_destroy
}
