provider "aws" {
  region = module.declaration.value.region
  # Credentials of another account are refused before anything is read or made.
  allowed_account_ids = [module.declaration.value.account]

  default_tags {
    tags = {
      "slipway:environment" = local.environment
      "slipway:owner"       = "terraform"
    }
  }
}
