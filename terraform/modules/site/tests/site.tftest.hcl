# What is compared by id has one at the plan, because the mock names its type.
mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan

  mock_resource "aws_cloudfront_origin_access_control" {}
  mock_resource "aws_cloudfront_cache_policy" {}
  mock_resource "aws_cloudfront_response_headers_policy" {}
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "../../mocks"
  override_during = plan
}

variables {
  name   = "slipway-test"
  site   = "console"
  bucket = "slipway-test-console"
}

run "secure_by_default" {
  command = plan

  assert {
    condition = alltrue([
      aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https",
      aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods == toset(["GET", "HEAD"]),
      aws_cloudfront_distribution.this.default_cache_behavior[0].compress,
      aws_cloudfront_distribution.this.http_version == "http2and3",
      aws_cloudfront_distribution.this.is_ipv6_enabled,
      aws_cloudfront_distribution.this.enabled,
      aws_cloudfront_distribution.this.wait_for_deployment,
      aws_cloudfront_distribution.this.default_root_object == "index.html",
      aws_cloudfront_distribution.this.price_class == "PriceClass_200",
      length(aws_cloudfront_distribution.this.ordered_cache_behavior) == 0,
      length(aws_cloudfront_distribution.this.default_cache_behavior[0].function_association) == 0,
    ])
    error_message = jsonencode(aws_cloudfront_distribution.this)
  }

  assert {
    condition = alltrue([
      aws_cloudfront_origin_access_control.this.signing_behavior == "always",
      aws_cloudfront_origin_access_control.this.signing_protocol == "sigv4",
      aws_cloudfront_origin_access_control.this.origin_access_control_origin_type == "s3",
    ])
    error_message = "every request to the bucket must be signed"
  }

  assert {
    condition = alltrue([
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_type_options).override,
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).frame_options).frame_option == "DENY",
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).referrer_policy).referrer_policy == "strict-origin-when-cross-origin",
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).strict_transport_security).access_control_max_age_sec >= 31536000,
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).strict_transport_security).override,
      startswith(one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_security_policy).content_security_policy, "default-src 'none'; "),
      !strcontains(one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_security_policy).content_security_policy, "unsafe"),
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_security_policy).override,
      [for item in one(aws_cloudfront_response_headers_policy.this.custom_headers_config).items : item.header] == ["Permissions-Policy"],
    ])
    error_message = jsonencode(aws_cloudfront_response_headers_policy.this)
  }

  assert {
    condition     = aws_cloudfront_cache_policy.this.min_ttl == 0 && aws_cloudfront_cache_policy.this.default_ttl == 0 && aws_cloudfront_cache_policy.this.max_ttl == 31536000
    error_message = "how long an object is kept must be the object's to say"
  }

  assert {
    condition     = length(aws_route53_record.this) == 0 && length(aws_cloudwatch_log_delivery.this) == 0
    error_message = "without an alias there are no records, without a bucket for logs no deliveries"
  }

  assert {
    condition     = output.url == "https://d0000000000000.cloudfront.net"
    error_message = output.url
  }

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.custom_error_response).error_code == 404 &&
      one(aws_cloudfront_distribution.this.custom_error_response).error_caching_min_ttl == 0 &&
      one(aws_cloudfront_distribution.this.custom_error_response).response_page_path == null
    )
    error_message = jsonencode(aws_cloudfront_distribution.this.custom_error_response)
  }
}

run "a_single_page_routes_by_itself" {
  command = plan

  variables {
    entry       = "app.html"
    single_page = true
  }

  assert {
    condition = (
      strcontains(aws_cloudfront_function.viewer_request[0].code, "var ENTRY = \"/app.html\";\nvar SINGLE_PAGE = true;\n") &&
      strcontains(aws_cloudfront_function.viewer_request[0].code, "var VARIANTS = [];") &&
      aws_cloudfront_function.viewer_request[0].publish &&
      [for association in aws_cloudfront_distribution.this.default_cache_behavior[0].function_association : association.event_type] == ["viewer-request"]
    )
    error_message = aws_cloudfront_function.viewer_request[0].code
  }

  # A script that is gone is answered with 404, and not with a page.
  assert {
    condition     = one(aws_cloudfront_distribution.this.custom_error_response).response_page_path == null
    error_message = jsonencode(aws_cloudfront_distribution.this.custom_error_response)
  }
}

run "a_backend_answers_its_paths_and_variants_are_chosen_for_the_others" {
  command = plan

  variables {
    backend = {
      domain_name = "slipway-test.ap-northeast-2.elb.amazonaws.com"
      protocol    = "https"
      port        = 8443
      paths       = ["/api/*", "/version"]
    }
    precompressed = ["gzip", "br"]
  }

  assert {
    condition = alltrue([
      aws_cloudfront_distribution.this.ordered_cache_behavior[*].path_pattern == tolist(["/api/*", "/version"]),
      alltrue([
        for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior :
        behavior.target_origin_id == "backend" && behavior.viewer_protocol_policy == "redirect-to-https" &&
        behavior.cache_policy_id == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" &&
        behavior.origin_request_policy_id == "b689b0a8-53d0-40ab-baf2-68738e2966ac" &&
        behavior.response_headers_policy_id == aws_cloudfront_response_headers_policy.this.id &&
        length(behavior.function_association) == 0
      ]),
    ])
    error_message = jsonencode(aws_cloudfront_distribution.this.ordered_cache_behavior)
  }

  assert {
    condition = alltrue([
      for origin in aws_cloudfront_distribution.this.origin :
      origin.origin_id == "bucket" ? length(origin.custom_origin_config) == 0 : (
        origin.domain_name == "slipway-test.ap-northeast-2.elb.amazonaws.com" &&
        one(origin.custom_origin_config).origin_protocol_policy == "https-only" &&
        one(origin.custom_origin_config).https_port == 8443 &&
        one(origin.custom_origin_config).origin_ssl_protocols == toset(["TLSv1.2"])
      )
    ])
    error_message = jsonencode(aws_cloudfront_distribution.this.origin)
  }

  # The smallest first.
  assert {
    condition = (
      strcontains(aws_cloudfront_function.viewer_request[0].code, "var ENTRY = \"/index.html\";\nvar SINGLE_PAGE = false;\n") &&
      strcontains(aws_cloudfront_function.viewer_request[0].code, "var VARIANTS = [{\"coding\":\"br\",\"ending\":\".br\"},{\"coding\":\"gzip\",\"ending\":\".gz\"}];") &&
      [for association in aws_cloudfront_distribution.this.default_cache_behavior[0].function_association : association.event_type] == ["viewer-request"]
    )
    error_message = aws_cloudfront_function.viewer_request[0].code
  }

  # What a backend says itself stays.
  assert {
    condition = [
      for item in one(aws_cloudfront_response_headers_policy.this.custom_headers_config).items : "${item.value}, ${item.override}" if item.header == "Vary"
    ] == ["Accept-Encoding, false"]
    error_message = jsonencode(aws_cloudfront_response_headers_policy.this.custom_headers_config)
  }
}

run "an_alias_access_logs_and_a_page_for_what_is_missing" {
  command = plan

  variables {
    # The longest that a declaration may say.
    name              = "slipway-aaaaaaaaaaaaaaaaaaaa"
    site              = "bbbbbbbbbbbbbbbbbbbbbbbb"
    access_log_bucket = "slipway-test-logs"
    error_page        = "errors/404.html"
    # As the declaration says it when it says nothing.
    content_security_policy = null
    alias = {
      name            = "console.test.slipway.example"
      zone_id         = "Z1"
      certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    }
  }

  assert {
    condition = alltrue([
      aws_cloudfront_distribution.this.aliases == toset(["console.test.slipway.example"]),
      aws_cloudfront_distribution.this.viewer_certificate[0].acm_certificate_arn == "arn:aws:acm:us-east-1:111122223333:certificate/1",
      aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021",
      aws_cloudfront_distribution.this.viewer_certificate[0].ssl_support_method == "sni-only",
      !aws_cloudfront_distribution.this.viewer_certificate[0].cloudfront_default_certificate,
    ])
    error_message = jsonencode(aws_cloudfront_distribution.this.viewer_certificate)
  }

  assert {
    condition = keys(aws_route53_record.this) == ["A", "AAAA"] && alltrue([
      for type, record in aws_route53_record.this :
      record.type == type && record.zone_id == "Z1" && record.name == "console.test.slipway.example" &&
      record.alias[0].name == "d0000000000000.cloudfront.net" && record.alias[0].zone_id == "Z2FDTNDATAQYW2"
    ])
    error_message = jsonencode(aws_route53_record.this)
  }

  # Uploads of the same name have other names.
  assert {
    condition = alltrue([
      for name in [
        aws_cloudfront_origin_access_control.this.name,
        aws_cloudfront_cache_policy.this.name,
        aws_cloudfront_response_headers_policy.this.name,
        aws_cloudwatch_log_delivery_source.this[0].name,
        aws_cloudwatch_log_delivery_destination.this[0].name,
      ] : name == "slipway-aaaaaaaaaaaaaaaaaaaa-site-bbbbbbbbbbbbbbbbbbbbbbbb" && length(name) <= 60
    ])
    error_message = "${local.full_name} is what all is called, and log deliveries take at most 60 characters"
  }

  assert {
    condition     = output.url == "https://console.test.slipway.example"
    error_message = output.url
  }

  assert {
    condition = alltrue([
      aws_cloudwatch_log_delivery_source.this[0].resource_arn == aws_cloudfront_distribution.this.arn,
      aws_cloudwatch_log_delivery_source.this[0].log_type == "ACCESS_LOGS",
      aws_cloudwatch_log_delivery_destination.this[0].delivery_destination_configuration[0].destination_resource_arn == "arn:aws:s3:::slipway-test-logs/cloudfront",
      aws_cloudwatch_log_delivery.this[0].delivery_source_name == aws_cloudwatch_log_delivery_source.this[0].name,
      aws_cloudwatch_log_delivery.this[0].s3_delivery_configuration[0].suffix_path == "{DistributionId}/{yyyy}/{MM}/{dd}",
    ])
    error_message = jsonencode(aws_cloudwatch_log_delivery_destination.this)
  }

  assert {
    condition     = length(setintersection(aws_cloudwatch_log_delivery.this[0].record_fields, ["cs-uri-query", "cs(Cookie)"])) == 0
    error_message = "query strings and cookies may be secret"
  }

  assert {
    condition = (
      one(aws_cloudfront_distribution.this.custom_error_response).response_page_path == "/errors/404.html" &&
      one(aws_cloudfront_distribution.this.custom_error_response).response_code == 404
    )
    error_message = jsonencode(aws_cloudfront_distribution.this.custom_error_response)
  }

  assert {
    condition     = startswith(one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_security_policy).content_security_policy, "default-src 'none'; ")
    error_message = "null must not switch the policy off"
  }

  # Only the distribution reads the bucket.
  assert {
    condition = jsonencode(local.readers) == jsonencode([
      for action, resource in { GetObject = "arn:aws:s3:::slipway-test/*", ListBucket = "arn:aws:s3:::slipway-test" } : {
        Sid                               = "Distribution${action}"
        Effect                            = "Allow"
        Principal                         = { Service = "cloudfront.amazonaws.com" }
        Action                            = "s3:${action}"
        Resource                          = resource
        Condition                         = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::111122223333:distribution/E0000000000000" } }
      }
    ])
    error_message = jsonencode(local.readers)
  }

  # A condition could only let somebody through.
  assert {
    condition = jsonencode(local.unseen) == jsonencode({
      Sid       = "OwnFolder"
      Effect    = "Deny"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::slipway-test/.slipway/*"
    })
    error_message = jsonencode(local.unseen)
  }

  assert {
    condition     = output.bucket == "slipway-test-console" && output.distribution_id == "E0000000000000"
    error_message = "the outputs must name the bucket and the distribution"
  }

  assert {
    condition = alltrue([
      one(aws_cloudfront_distribution.this.origin).origin_access_control_id == aws_cloudfront_origin_access_control.this.id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == aws_cloudfront_cache_policy.this.id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].response_headers_policy_id == aws_cloudfront_response_headers_policy.this.id,
    ])
    error_message = "the control and the policies must be the distribution's"
  }
}
