# Run once per account with an administrator's credentials, before anything else, and again when an environment is added. Its own
# state is a local file, because there is no bucket yet.
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]

  default_tags {
    tags = {
      "slipway:owner" = "terraform"
    }
  }
}

data "aws_partition" "current" {}

module "state_bucket" {
  source = "../modules/private-bucket"

  name = "slipway-state-${var.account}"
}
