resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Logged to `access_log_bucket`. The bucket that holds the logs and the one that is there before it, the state bucket, have none to log to.
  #checkov:skip=CKV_AWS_144:Versions undo a mistake. The declaration names one region, and a copy in a second one is not asked for.
  #checkov:skip=CKV_AWS_145:Encrypted with keys of S3 (SSE-S3). A key of our own would be one more thing to pay, to grant and to lose.
  #checkov:skip=CKV2_AWS_62:Nobody waits for the events: Terraform and ops read the bucket when they run.

  bucket        = var.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}
