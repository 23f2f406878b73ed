resource "aws_cloudwatch_log_delivery_source" "this" {
  count    = var.access_log_bucket == null ? 0 : 1
  provider = aws.us_east_1

  name         = local.full_name
  log_type     = "ACCESS_LOGS"
  resource_arn = aws_cloudfront_distribution.this.arn
}

resource "aws_cloudwatch_log_delivery_destination" "this" {
  count    = var.access_log_bucket == null ? 0 : 1
  provider = aws.us_east_1

  name          = local.full_name
  output_format = "json"

  delivery_destination_configuration {
    # With a prefix here AWS adds none of its own to the path below, which the provider would take for a change.
    destination_resource_arn = "arn:${var.partition}:s3:::${var.access_log_bucket}/cloudfront"
  }
}

resource "aws_cloudwatch_log_delivery" "this" {
  count    = var.access_log_bucket == null ? 0 : 1
  provider = aws.us_east_1

  delivery_source_name     = aws_cloudwatch_log_delivery_source.this[0].name
  delivery_destination_arn = aws_cloudwatch_log_delivery_destination.this[0].arn

  # All but cookies and query strings, in which applications carry what is secret.
  record_fields = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
  ]

  s3_delivery_configuration = [{
    suffix_path                 = "{DistributionId}/{yyyy}/{MM}/{dd}"
    enable_hive_compatible_path = false
  }]
}
