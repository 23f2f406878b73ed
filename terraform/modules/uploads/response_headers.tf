# Strangers wrote these files. They are data: never a page of ours, never a script.
resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:All but preload: the browsers' list takes whole domains, which is for the domain's owner to decide, not for one host of it.

  name = local.full_name

  security_headers_config {
    content_security_policy {
      content_security_policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
      override                = true
    }

    content_type_options {
      override = true
    }

    frame_options {
      frame_option = "DENY"
      override     = true
    }

    # The address is the permission to read.
    referrer_policy {
      referrer_policy = "no-referrer"
      override        = true
    }

    strict_transport_security {
      access_control_max_age_sec = 63072000
      include_subdomains         = true
      override                   = true
    }
  }

  custom_headers_config {
    # Opened by itself a file is saved; pages that embed it are not affected. An object may name itself by its own header.
    items {
      header   = "Content-Disposition"
      value    = "attachment"
      override = false
    }
  }

  # Where the files lie is nobody's business.
  remove_headers_config {
    items {
      header = "Server"
    }
  }

  # Scripts of these pages may read what they were given a URL of.
  dynamic "cors_config" {
    for_each = length(var.origins) == 0 ? [] : [var.origins]

    content {
      access_control_allow_credentials = false
      access_control_max_age_sec       = 3600
      origin_override                  = true

      access_control_allow_headers {
        items = ["Range"]
      }

      access_control_allow_methods {
        items = ["GET", "HEAD"]
      }

      access_control_allow_origins {
        items = cors_config.value
      }

      access_control_expose_headers {
        items = ["Content-Disposition", "Content-Length", "Content-Range", "ETag"]
      }
    }
  }
}
