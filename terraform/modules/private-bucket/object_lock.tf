# On the bucket itself, object_lock_enabled would replace a bucket that is there already; this turns the lock on in place.
# No default retention: it would hold every object, and leases are rewritten all the time.
resource "aws_s3_bucket_object_lock_configuration" "this" {
  count = var.object_lock ? 1 : 0

  bucket              = aws_s3_bucket.this.id
  object_lock_enabled = "Enabled"

  # AWS locks versions, so there have to be versions first.
  depends_on = [aws_s3_bucket_versioning.this]
}
