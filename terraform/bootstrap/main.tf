# Run once per account, before anything else: the bucket that the environments' states live in.
# Its own state is a local file, because there is no bucket yet.
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account]

  default_tags {
    tags = {
      "slipway:owner" = "terraform"
    }
  }
}

module "state_bucket" {
  source = "../modules/private-bucket"

  name = "slipway-state-${var.account}"
}
