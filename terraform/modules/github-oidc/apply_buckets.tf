# No bucket is emptied: `s3:DeleteObjectVersion` is for the contract alone, so what people stored goes only with an
# administrator's credentials.
locals {
  apply_buckets = [
    {
      # It is made in the caller's account, so there is no other to keep out.
      Sid      = "NewBucket"
      Effect   = "Allow"
      Action   = ["s3:CreateBucket"]
      Resource = local.buckets
    },
    {
      Sid    = "Buckets"
      Effect = "Allow"
      Action = [
        "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:ListBucketVersions", "s3:PutBucketCORS", "s3:PutBucketLogging",
        "s3:PutBucketObjectLockConfiguration", "s3:PutBucketOwnershipControls", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
        "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
      ]
      Resource  = local.buckets
      Condition = { StringEquals = local.own_account }
    },
    {
      Sid       = "ContractWrite"
      Effect    = "Allow"
      Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"]
      Resource  = ["${local.ops_bucket}/platform.json"]
      Condition = { StringEquals = local.own_account }
    },
  ]
}
