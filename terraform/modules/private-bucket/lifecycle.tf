# A bucket has one lifecycle configuration; a second resource for it would overwrite this one without a word.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days_kept
    }

    # A lock that comes and goes leaves a marker behind each time. With days S3 removes markers by itself, and refuses both.
    expiration {
      days                         = var.expire_days
      expired_object_delete_marker = var.expire_days == null ? true : null
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # AWS applies the rule to versions, so there have to be versions first.
  depends_on = [aws_s3_bucket_versioning.this]
}
