variable "name" {
  description = "Begins the names of what is made, such as `slipway-dev`."
  type        = string
  nullable    = false

  # 60 characters is what the name of a log delivery takes.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length("${var.name}-site-${var.site}") <= 60
    error_message = "name must be lower-case letters, digits and hyphens, begin with a letter, end with a letter or digit, and have at most 60 characters together with -site- and site (got ${var.name})."
  }
}

variable "site" {
  description = "Name of the site, such as `console`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$", var.site))
    error_message = "site must be 1 to 24 lower-case letters, digits and hyphens, begin with a letter and end with a letter or digit (got ${var.site})."
  }
}

variable "bucket" {
  description = "Name of the bucket that holds the site."
  type        = string
  nullable    = false
}

variable "alias" {
  description = "The DNS name that the site has besides CloudFront's, the hosted zone for its records, and a certificate for it in us-east-1. Null: CloudFront's name alone."
  type = object({
    name            = string
    zone_id         = string
    certificate_arn = string
  })
  default = null

  validation {
    condition = var.alias == null ? true : (
      length(var.alias.name) <= 253 && can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.alias.name))
    )
    error_message = "alias.name must be a lower-case DNS name of at least two labels, without a dot at the end (got ${try(var.alias.name, "null")})."
  }

  validation {
    condition     = var.alias == null ? true : can(regex("^arn:[a-z-]+:acm:us-east-1:[0-9]{12}:certificate/.+$", var.alias.certificate_arn))
    error_message = "alias.certificate_arn must be of a certificate in us-east-1: CloudFront takes no other (got ${try(var.alias.certificate_arn, "null")})."
  }
}

variable "backend" {
  description = "Paths that a load balancer answers in place of the bucket, and where it is; nothing of them is cached. Null: the bucket answers all."
  type = object({
    domain_name = string
    protocol    = string
    port        = number
    paths       = list(string)
  })
  default = null

  validation {
    condition     = var.backend == null ? true : contains(["http", "https"], var.backend.protocol)
    error_message = "backend.protocol must be http or https (got ${try(var.backend.protocol, "null")})."
  }

  # 25 is CloudFront's quota for cache behaviors of a distribution, the default one included.
  validation {
    condition     = var.backend == null ? true : length(var.backend.paths) >= 1 && length(var.backend.paths) <= 24 && length(distinct(var.backend.paths)) == length(var.backend.paths) && alltrue([for path in var.backend.paths : can(regex("^/[A-Za-z0-9_.*$/~\"'@:+-]{0,254}$", path))])
    error_message = "backend.paths must be 1 to 24 different patterns that begin with a slash, of letters, digits and _.*$/~\"'@:+-, at most 255 characters each (got ${join(", ", try(var.backend.paths, []))})."
  }

  # The distribution would answer the load balancer's 404, too, with the page.
  validation {
    condition     = var.backend == null || var.error_page == null
    error_message = "backend must be null with an error_page, which would take the place of the load balancer's own answers (got error_page ${coalesce(var.error_page, "null")})."
  }
}

variable "entry" {
  description = "Page that answers the root."
  type        = string
  default     = "index.html"
  nullable    = false

  validation {
    condition     = length(var.entry) <= 255 && can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", var.entry))
    error_message = "entry must be a path of letters, digits, _ . and -, at most 255 characters, without a slash at its ends (got ${var.entry})."
  }

  validation {
    condition     = !startswith(lower(var.entry), ".slipway/")
    error_message = "entry must not be in .slipway/, which the distribution does not serve (got ${var.entry})."
  }
}

variable "single_page" {
  description = "Whether paths without a dot in their last part answer the entry page, for an application that routes them itself. Files that are missing stay missing."
  type        = bool
  default     = false
  nullable    = false
}

variable "precompressed" {
  description = "How files are packed that have a variant beside them for viewers that accept it: `br` (`app.js.br`), `gzip` (`app.js.gz`). Every file that ends with `.css`, `.html`, `.js`, `.json`, `.mjs`, `.svg`, `.txt`, `.wasm` or `.xml` must have each: where one is missing, viewers get 404."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.precompressed, ["br", "gzip"])) == 0
    error_message = "precompressed must name br and gzip, and nothing else (got ${join(", ", var.precompressed)})."
  }
}

variable "error_page" {
  description = "Page that answers, with 404, paths that do not exist. Null: S3's answer in XML, with 404 too."
  type        = string
  default     = null

  validation {
    condition     = var.error_page == null ? true : length(var.error_page) <= 255 && can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", var.error_page))
    error_message = "error_page must be a path of letters, digits, _ . and -, at most 255 characters, without a slash at its ends (got ${coalesce(var.error_page, "null")})."
  }

  validation {
    condition     = var.error_page == null ? true : !startswith(lower(var.error_page), ".slipway/")
    error_message = "error_page must not be in .slipway/, which the distribution does not serve (got ${coalesce(var.error_page, "null")})."
  }
}

variable "content_security_policy" {
  description = "What pages may load and connect to. The default lets them use the site itself and nothing else; whoever says `'unsafe-inline'` or names other origins opens that much."
  type        = string
  default     = "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; manifest-src 'self'; media-src 'self'; script-src 'self'; style-src 'self'; worker-src 'self'"
  nullable    = false

  # 1783 is CloudFront's quota for the value.
  validation {
    condition     = can(regex("^[ -~]+$", var.content_security_policy)) && length(var.content_security_policy) <= 1783
    error_message = "content_security_policy must be 1 to 1783 printable ASCII characters (got ${length(var.content_security_policy)}: ${substr(var.content_security_policy, 0, 80)})."
  }
}

variable "price_class" {
  description = "Edges that serve the site: `PriceClass_100` (North America, Europe), `PriceClass_200` (also most of Asia) or `PriceClass_All`."
  type        = string
  default     = "PriceClass_200"
  nullable    = false

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "price_class must be PriceClass_100, PriceClass_200 or PriceClass_All (got ${var.price_class})."
  }
}

variable "access_log_bucket" {
  description = "Name of the bucket that the access logs go to, one of the module `log-bucket`: the distribution's under `cloudfront/`, the bucket's under `s3/`. Null logs nothing."
  type        = string
  default     = null
}

variable "partition" {
  description = "AWS partition: `aws`, `aws-cn` or `aws-us-gov`."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(["aws", "aws-cn", "aws-us-gov"], var.partition)
    error_message = "partition must be aws, aws-cn or aws-us-gov (got ${var.partition})."
  }
}

variable "force_destroy" {
  description = "Whether the bucket may be destroyed together with all that is in it."
  type        = bool
  default     = false
  nullable    = false
}
