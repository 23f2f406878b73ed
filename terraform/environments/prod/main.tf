# The same files in every environment; the folder's name says which one it is.
locals {
  environment  = basename(abspath(path.root))
  has_database = module.declaration.value.database != null
}

module "declaration" {
  source = "../../modules/declaration"

  environment = local.environment
  path        = "${path.root}/../../../infra/environments/${local.environment}/environment.yaml"
}

# Neither state nor plan ever holds the password: it is made, written to the secret once, and read back from there.
ephemeral "aws_secretsmanager_random_password" "database" {
  count = local.has_database ? 1 : 0

  password_length     = 40
  exclude_punctuation = true
}

ephemeral "aws_secretsmanager_secret_version" "database" {
  count = local.has_database ? 1 : 0

  secret_id = module.environment.database_secret_id
}

module "environment" {
  source = "../../modules/environment"

  declaration                 = module.declaration.value
  declaration_sha256          = module.declaration.sha256
  applied_from                = module.declaration.applied_from
  generated_database_password = one(ephemeral.aws_secretsmanager_random_password.database[*].random_password)
  database_password           = one([for version in ephemeral.aws_secretsmanager_secret_version.database : jsondecode(version.secret_string).password])
  allow_destroy               = var.allow_destroy

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }
}

# Depends on everything and is removed first: without leave, nothing goes.
module "destroy_guard" {
  source = "../../modules/destroy-guard"

  allow_destroy = var.allow_destroy

  depends_on = [module.environment]
}
