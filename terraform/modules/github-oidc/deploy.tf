# What `ops` does with its own objects in the ops bucket.
locals {
  bundles = "${local.ops_bucket}/bundles/*"

  deploy = [
    {
      # Names alone. Without it S3 answers "forbidden" where a lease does not exist.
      Sid       = "OpsBucket"
      Effect    = "Allow"
      Action    = ["s3:ListBucket"]
      Resource  = [local.ops_bucket]
      Condition = { StringEquals = local.own_account }
    },
    {
      Sid       = "OpsRead"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = concat([local.bundles], [for key in ["last-record.json", "lease.json", "platform.json", "records/*"] : "${local.ops_bucket}/${key}"])
      Condition = { StringEquals = local.own_account }
    },
    {
      Sid       = "Lease"
      Effect    = "Allow"
      Action    = ["s3:DeleteObject", "s3:PutObject"]
      Resource  = ["${local.ops_bucket}/lease.json"]
      Condition = { StringEquals = local.own_account }
    },
    {
      # Says which record was written last, and is written over for each.
      Sid       = "LastRecord"
      Effect    = "Allow"
      Action    = ["s3:PutObject"]
      Resource  = ["${local.ops_bucket}/last-record.json"]
      Condition = { StringEquals = local.own_account }
    },
    {
      # A record is written once: only where nothing is.
      Sid      = "Records"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${local.ops_bucket}/records/*"]
      Condition = {
        StringEquals = local.own_account
        Null         = { "s3:if-none-match" = "false" }
      }
    },
    {
      # S3 asks for it beside PutObject when a record comes with its lock, and knows no if-none-match here. A lock in
      # compliance mode can be made longer, never shorter and never taken off.
      Sid      = "RecordLocks"
      Effect   = "Allow"
      Action   = ["s3:PutObjectRetention"]
      Resource = ["${local.ops_bucket}/records/*"]
      Condition = {
        StringEquals = merge(local.own_account, { "s3:object-lock-mode" = "COMPLIANCE" })
      }
    },
    {
      # Of sites, each under the digest of what is in it: written once, only where nothing is.
      Sid      = "Bundles"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = [local.bundles]
      Condition = {
        StringEquals = local.own_account
        Null         = { "s3:if-none-match" = "false" }
      }
    },
    {
      # A large one comes in parts: the demand is on the last call, which makes an object of them.
      # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
      Sid      = "PartsOfBundles"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = [local.bundles]
      Condition = {
        StringEquals = local.own_account
        Bool         = { "s3:ObjectCreationOperation" = "false" }
      }
    },
    {
      Sid       = "BundlesLeftUndone"
      Effect    = "Allow"
      Action    = ["s3:AbortMultipartUpload"]
      Resource  = [local.bundles]
      Condition = { StringEquals = local.own_account }
    },
  ]
}
