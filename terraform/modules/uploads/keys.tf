locals {
  # CloudFront gives a key back with one line feed at its end; any other spelling would be a change for ever.
  public_keys = { for name, pem in var.public_keys : name => "${replace(trimspace(pem), "\r\n", "\n")}\n" }
}

resource "aws_cloudfront_public_key" "this" {
  for_each = local.public_keys

  # A key cannot be changed and its name is taken once: with a hash the new one can stand beside the old. Hyphens in names
  # do not say where one ends, so the hash is of the upload's too.
  name        = "${local.full_name}-${each.key}-${substr(sha1("${var.upload} ${each.value}"), 0, 8)}"
  encoded_key = each.value

  # AWS refuses to delete a key that is in a group, so the group lets it go first.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudfront_key_group" "this" {
  name  = local.full_name
  items = [for key in aws_cloudfront_public_key.this : key.id]
}
