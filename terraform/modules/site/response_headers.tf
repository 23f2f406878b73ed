resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:All but preload: the browsers' list takes whole domains, which is for the domain's owner to decide, not for one host of it.

  name = local.full_name

  security_headers_config {
    content_security_policy {
      content_security_policy = var.content_security_policy
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    referrer_policy {
      referrer_policy = "strict-origin-when-cross-origin"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    items {
      header   = "Permissions-Policy"
      value    = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
      override = true
    }

    # Caches on the way keep what is packed apart from what is not. A backend may say more, which stays.
    dynamic "items" {
      for_each = length(var.precompressed) > 0 ? ["Accept-Encoding"] : []

      content {
        header   = "Vary"
        value    = items.value
        override = false
      }
    }
  }

  # Where the files lie is nobody's business.
  remove_headers_config {
    items {
      header = "Server"
    }
  }
}
