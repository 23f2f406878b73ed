variable "name" {
  description = "Begins the names of what is made, such as `slipway-dev`."
  type        = string
  nullable    = false

  # 60 characters is what the name of a log delivery takes.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", var.name)) && length("${var.name}-upload-${var.upload}") <= 60
    error_message = "name must be lower-case letters, digits and hyphens, begin with a letter, end with a letter or digit, and have at most 60 characters together with -upload- and upload (got ${var.name})."
  }
}

variable "upload" {
  description = "Name of the uploads, such as `attachments`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$", var.upload))
    error_message = "upload must be 1 to 24 lower-case letters, digits and hyphens, begin with a letter and end with a letter or digit (got ${var.upload})."
  }
}

variable "account" {
  description = "Account that the bucket belongs to: services put and read in its buckets alone."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be 12 digits (got ${var.account})."
  }
}

variable "bucket" {
  description = "Name of the bucket that holds the files."
  type        = string
  nullable    = false
}

variable "alias" {
  description = "The DNS name that the files have besides CloudFront's, the hosted zone for its records, and a certificate for it in us-east-1. Null: CloudFront's name alone."
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

variable "public_keys" {
  description = "RSA public keys of 2048 bits in PEM, by name: a URL signed with the private half of any of them is served."
  type        = map(string)
  nullable    = false

  # 5 is the quota of a key group.
  validation {
    condition     = length(var.public_keys) >= 1 && length(var.public_keys) <= 5
    error_message = "public_keys must be 1 to 5 keys (got ${length(var.public_keys)})."
  }

  validation {
    condition     = alltrue([for name in keys(var.public_keys) : can(regex("^[a-z0-9][a-z0-9-]{0,39}$", name))])
    error_message = "public_keys must be named by 1 to 40 lower-case letters, digits and hyphens, a letter or digit first (got ${join(", ", keys(var.public_keys))})."
  }

  # What each RSA key of 2048 bits begins with. CloudFront takes no other size.
  validation {
    condition = alltrue([
      for pem in values(var.public_keys) :
      can(regex("^-----BEGIN PUBLIC KEY-----\\s[A-Za-z0-9+/=\\s]+\\s-----END PUBLIC KEY-----$", trimspace(pem))) &&
      can(regex("^-----BEGINPUBLICKEY-----MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A[A-Za-z0-9+/]{360}-----ENDPUBLICKEY-----$", replace(pem, "/\\s/", "")))
    ])
    error_message = "public_keys must be RSA public keys of 2048 bits in PEM, from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY----- (got ${join(", ", [for name, pem in var.public_keys : "${name}: ${substr(trimspace(pem), 0, 60)}"])})."
  }

  validation {
    condition     = length(distinct([for pem in values(var.public_keys) : replace(pem, "/\\s/", "")])) == length(var.public_keys)
    error_message = "public_keys must be distinct (got the same key under several of ${join(", ", keys(var.public_keys))})."
  }
}

variable "origins" {
  description = "Origins whose pages may upload to the bucket and read from the distribution, such as `https://console.dev.slipway.example`. None: no page of another origin may."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.origins : can(regex("^https?://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "origins must be exact origins, scheme, host and port, without * or path (got ${join(", ", var.origins)})."
  }

  validation {
    condition     = length(distinct(var.origins)) == length(var.origins)
    error_message = "origins must be distinct (got ${join(", ", var.origins)})."
  }
}

variable "expire_days" {
  description = "Days after which a file goes; null keeps files for ever."
  type        = number
  default     = null

  validation {
    condition     = var.expire_days == null ? true : var.expire_days >= 1 && var.expire_days <= 3650 && floor(var.expire_days) == var.expire_days
    error_message = "expire_days must be a whole number from 1 to 3650, or null (got ${coalesce(var.expire_days, 0)})."
  }
}

variable "price_class" {
  description = "Edges that serve the files: `PriceClass_100` (North America, Europe), `PriceClass_200` (also most of Asia) or `PriceClass_All`."
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
