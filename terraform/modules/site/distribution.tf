locals {
  # CloudFront's own policies have the same id in every account.
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  caching_disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
  all_viewer_except_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_68:A web ACL is paid by the rule and by the request, and has nothing to protect here: static files, read-only methods, no query string, header or cookie that reaches the origin.
  #checkov:skip=CKV_AWS_86:Standard logging v2 is a log delivery of its own (logs.tf); the older kind in the distribution needs a bucket with ACLs.
  #checkov:skip=CKV_AWS_174:TLS 1.2 wherever there is a choice: CloudFront takes no minimum for its own certificate, the one without an alias.
  #checkov:skip=CKV_AWS_310:There is one origin: a second bucket in a second region is not asked for.
  #checkov:skip=CKV_AWS_374:A site is for whoever has its address; the declaration names no countries.
  #checkov:skip=CKV2_AWS_42:With an alias the certificate is the domain's; without one there is only CloudFront's.
  #checkov:skip=CKV2_AWS_47:There is no web ACL, and nothing behind CloudFront that could run Log4j.

  comment             = local.full_name
  enabled             = true
  aliases             = var.alias == null ? [] : [var.alias.name]
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = var.price_class
  default_root_object = var.entry
  # What is applied is served: ops uploads, invalidates and checks the address right after.
  wait_for_deployment = true

  origin {
    origin_id                = "bucket"
    domain_name              = module.bucket.regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  dynamic "origin" {
    for_each = var.backend[*]

    content {
      origin_id   = "backend"
      domain_name = origin.value.domain_name

      custom_origin_config {
        origin_protocol_policy = "${origin.value.protocol}-only"
        http_port              = origin.value.protocol == "http" ? origin.value.port : 80
        https_port             = origin.value.protocol == "https" ? origin.value.port : 443
        origin_ssl_protocols   = ["TLSv1.2"]
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = "bucket"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = aws_cloudfront_cache_policy.this.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id

    dynamic "function_association" {
      for_each = aws_cloudfront_function.viewer_request

      content {
        event_type   = "viewer-request"
        function_arn = function_association.value.arn
      }
    }
  }

  # Pages reach services under their own origin: no CORS, and the content security policy stays strict.
  dynamic "ordered_cache_behavior" {
    for_each = var.backend == null ? [] : var.backend.paths

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = "backend"
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = local.caching_disabled
      origin_request_policy_id   = local.all_viewer_except_host
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    }
  }

  # S3 says 404 of what is missing. It is not kept at the edge: after the next deployment it may be there.
  custom_error_response {
    error_code            = 404
    response_code         = var.error_page == null ? null : 404
    response_page_path    = var.error_page == null ? null : "/${var.error_page}"
    error_caching_min_ttl = 0
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.alias == null
    acm_certificate_arn            = var.alias == null ? null : var.alias.certificate_arn
    ssl_support_method             = var.alias == null ? null : "sni-only"
    minimum_protocol_version       = var.alias == null ? "TLSv1" : "TLSv1.2_2021"
  }

  tags = { Name = local.full_name }
}

# The distribution signs its requests to the bucket, so nobody else can make them.
resource "aws_cloudfront_origin_access_control" "this" {
  name                              = local.full_name
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Each object says by its Cache-Control how long it may be kept. No managed policy does just that: CachingOptimized keeps
# "no-cache" for a second and what says nothing for a day, UseOriginCacheControlHeaders sends the bucket a Host it refuses.
resource "aws_cloudfront_cache_policy" "this" {
  name        = local.full_name
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "none"
    }
  }
}
