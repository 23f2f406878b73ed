locals {
  # Names of CloudFront's policies, keys and controls are taken once in an account, and a site may be called like uploads.
  full_name = "${var.name}-upload-${var.upload}"

  # Not the bucket's attribute: that is unknown before the bucket exists, and what a role may do should be seen in the plan.
  objects_arn = "arn:${var.partition}:s3:::${var.bucket}/*"

  # Not s3:ListBucket: whoever holds a signed URL need not learn what else there is. What is missing answers 403.
  readers = [{
    Sid       = "DistributionGetObject"
    Effect    = "Allow"
    Principal = { Service = "cloudfront.amazonaws.com" }
    Action    = "s3:GetObject"
    Resource  = "${module.bucket.arn}/*"
    Condition = { StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.this.arn } }
  }]
}

module "bucket" {
  source = "../private-bucket"

  name              = var.bucket
  force_destroy     = var.force_destroy
  access_log_bucket = var.access_log_bucket
  cors_origins      = var.origins
  expire_days       = var.expire_days
  policy_statements = local.readers
}
