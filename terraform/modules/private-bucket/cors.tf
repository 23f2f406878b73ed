resource "aws_s3_bucket_cors_configuration" "this" {
  count = length(var.cors_origins) == 0 ? 0 : 1

  bucket = aws_s3_bucket.this.id

  cors_rule {
    id              = "browsers"
    allowed_origins = var.cors_origins
    allowed_methods = ["GET", "POST", "PUT"]
    # What a signed upload may carry: the content's own headers and the signature's.
    allowed_headers = ["cache-control", "content-disposition", "content-encoding", "content-md5", "content-type", "x-amz-*"]
    # Without the ETag of each part a browser cannot complete a multipart upload.
    expose_headers  = ["ETag"]
    max_age_seconds = 3600
  }
}
