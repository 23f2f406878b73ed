locals {
  tags = {
    "slipway:environment" = local.environment
    "slipway:owner"       = "terraform"
  }
}

provider "aws" {
  region = module.declaration.value.region
  # Credentials of another account are refused before anything is read or made.
  allowed_account_ids = [module.declaration.value.account]

  default_tags {
    tags = local.tags
  }
}

# Certificates and log deliveries of CloudFront live here alone.
provider "aws" {
  alias               = "us_east_1"
  region              = "us-east-1"
  allowed_account_ids = [module.declaration.value.account]

  default_tags {
    tags = local.tags
  }
}
