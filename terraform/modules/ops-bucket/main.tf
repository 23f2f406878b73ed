locals {
  records = "${module.bucket.arn}/records/*"

  # The rights of who writes are not enough: these hold for everybody, an administrator too.
  policy_statements = concat(
    [{
      # Where a record is, nothing is written. Parts of a multipart upload carry no condition, so a record comes in one piece.
      Sid       = "RecordsAreWrittenOnce"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:PutObject"
      Resource  = local.records
      Condition = { Null = { "s3:if-none-match" = "true" } }
    }],
    # Without a lock, a delete marker would hide a record, and the bucket's old versions go after a while.
    [for statement in [{
      Sid       = "RecordsStay"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
      Resource  = local.records
    }] : statement if !var.force_destroy],
  )
}

module "bucket" {
  source = "../private-bucket"

  name              = var.name
  object_lock       = var.object_lock
  access_log_bucket = var.access_log_bucket
  force_destroy     = var.force_destroy
  policy_statements = local.policy_statements
}
