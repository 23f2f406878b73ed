# The ops bucket as the first release made it: its addresses below `module.ops_bucket`, and what they hold.
# The alias is there for the test alone: Terraform has no such provider for what is left behind unmoved, and stops.
provider "aws" {
  alias = "released"
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Written down as it was; the module that is tested says what is so now.
  #checkov:skip=CKV_AWS_144:Written down as it was; the module that is tested says what is so now.
  #checkov:skip=CKV_AWS_145:Written down as it was; the module that is tested says what is so now.
  #checkov:skip=CKV2_AWS_62:Written down as it was; the module that is tested says what is so now.

  provider = aws.released

  bucket        = "slipway-test"
  force_destroy = false
}

resource "aws_s3_bucket_ownership_controls" "this" {
  provider = aws.released

  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  provider = aws.released

  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  provider = aws.released

  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  provider = aws.released

  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  provider = aws.released

  bucket = aws_s3_bucket.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  provider = aws.released

  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    # A lock that comes and goes leaves a marker behind each time.
    expiration {
      expired_object_delete_marker = true
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # AWS applies the rule to versions, so there have to be versions first.
  depends_on = [aws_s3_bucket_versioning.this]
}
