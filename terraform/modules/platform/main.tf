locals {
  content = jsonencode(merge({ version = 3 }, var.contract))
}

resource "aws_s3_object" "this" {
  bucket       = var.bucket
  key          = "platform.json"
  content      = local.content
  content_type = "application/json"
  # Compared with what S3 holds, so that a contract edited by hand shows in the next plan.
  etag = md5(local.content)
}
