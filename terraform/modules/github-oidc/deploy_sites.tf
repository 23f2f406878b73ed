# What `ops` does with sites: the files in their buckets, and what their distributions forget of them.
locals {
  deploy_sites = [
    {
      # Opening a bucket takes the same permission as closing it: there is no condition on what the block says. The bucket's policy,
      # which is what would let somebody in, stays Terraform's.
      Sid       = "SiteBuckets"
      Effect    = "Allow"
      Action    = ["s3:GetBucketPolicyStatus", "s3:GetBucketPublicAccessBlock", "s3:ListBucket", "s3:PutBucketPublicAccessBlock"]
      Resource  = [local.site_buckets]
      Condition = { StringEquals = local.own_account }
    },
    {
      Sid       = "SiteContents"
      Effect    = "Allow"
      Action    = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource  = ["${local.site_buckets}/*"]
      Condition = { StringEquals = local.own_account }
    },
    {
      Sid       = "Distributions"
      Effect    = "Allow"
      Action    = ["cloudfront:CreateInvalidation", "cloudfront:GetDistribution", "cloudfront:GetDistributionConfig", "cloudfront:GetInvalidation"]
      Resource  = ["${local.cloudfront}:distribution/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
  ]
}
