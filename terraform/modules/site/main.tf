locals {
  # Names of CloudFront's policies and controls are taken once in an account, and uploads may be called like a site.
  full_name = "${var.name}-site-${var.site}"

  # Where ops keeps what it needs to know of the bucket, and what is not to be seen yet. ops-model has the same name.
  own_folder = ".slipway/"

  # The distribution reads the bucket, and nobody else.
  readers = [
    for action, resource in {
      GetObject = "${module.bucket.arn}/*"
      # Without it S3 answers 403 for what is missing, and a broken permission looks like a wrong address.
      ListBucket = module.bucket.arn
      } : {
      Sid       = "Distribution${action}"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:${action}"
      Resource  = resource
      Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.this.arn } }
    }
  ]

  # A refusal stands above whatever is allowed, here or by somebody later, to this distribution or to another one: S3 answers
  # 403, whether the object is there or not.
  unseen = {
    Sid       = "OwnFolder"
    Effect    = "Deny"
    Principal = { Service = "cloudfront.amazonaws.com" }
    Action    = "s3:GetObject"
    Resource  = "${module.bucket.arn}/${local.own_folder}*"
  }
}

module "bucket" {
  source = "../private-bucket"

  name              = var.bucket
  force_destroy     = var.force_destroy
  access_log_bucket = var.access_log_bucket
  policy_statements = concat(local.readers, [local.unseen])
}
