# What `ops` does beside services: its own objects in the ops bucket, contents of sites, and closing holes in the firewall.
locals {
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
      Resource  = [for key in ["lease.json", "platform.json", "records/*"] : "${local.ops_bucket}/${key}"]
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
      Sid    = "ObserveFirewall"
      Effect = "Allow"
      # See unrestricted.tf.
      Action   = ["ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"]
      Resource = ["*"]
    },
    {
      # Closing only: what may be open is Terraform's to say.
      Sid       = "Firewall"
      Effect    = "Allow"
      Action    = ["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"]
      Resource  = ["${local.here.ec2}:security-group/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
    {
      Sid       = "SiteBuckets"
      Effect    = "Allow"
      Action    = ["s3:ListBucket"]
      Resource  = [local.site_buckets]
      Condition = { StringEquals = local.own_account }
    },
    {
      Sid       = "SiteContents"
      Effect    = "Allow"
      Action    = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource  = ["${local.site_buckets}/*"]
      Condition = { StringEquals = local.own_account }
    },
    {
      Sid       = "Invalidations"
      Effect    = "Allow"
      Action    = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
      Resource  = ["${local.cloudfront}:distribution/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
  ]
}
