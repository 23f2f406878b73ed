locals {
  bucket_purposes = concat(
    ["logs"],
    [for site in keys(var.declaration.sites) : "site-${site}"],
    [for upload in keys(var.declaration.uploads) : "uploads-${upload}"],
  )

  # The account makes a name that nobody else in the world has taken. S3 takes 63 characters: a hash stands for the rest.
  bucket_names = {
    for purpose in local.bucket_purposes : purpose => (
      length("${local.name}-${purpose}-${local.account}") <= 63
      ? "${local.name}-${purpose}-${local.account}"
      : "${substr("${local.name}-${purpose}", 0, 41)}-${substr(sha1(purpose), 0, 8)}-${local.account}"
    )
  }
}

module "ops_bucket" {
  source = "../ops-bucket"

  name              = var.declaration.ops_bucket
  object_lock       = var.declaration.record_lock_days != null
  access_log_bucket = module.log_bucket.name
  force_destroy     = var.allow_destroy
}

module "log_bucket" {
  source = "../log-bucket"

  name          = local.bucket_names["logs"]
  account       = local.account
  partition     = local.partition
  expire_days   = local.log_retention_days
  force_destroy = var.allow_destroy
}
