# Encrypted with keys of S3: neither a load balancer nor S3 itself writes logs to a bucket with a key of ours.
# Its own access is not logged: there is no bucket before this one, and a log of itself would never end.
module "bucket" {
  source = "../private-bucket"

  name              = var.name
  expire_days       = var.expire_days
  policy_statements = local.writers
  force_destroy     = var.force_destroy

  # Nobody brings an expired log back.
  noncurrent_days_kept = 1
}
