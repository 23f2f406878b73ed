locals {
  domain = try(merge(local.root.domain, {}), {})

  has_domain = try(local.root.domain != null, false)

  domain_objects = [
    { path = "domain", json = jsonencode(try(local.root.domain, null)), required = false, known = ["name", "zone"] },
  ]

  domain_texts = [
    {
      path     = "domain.name"
      json     = jsonencode(try(local.domain.name, null))
      required = startswith(jsonencode(try(local.root.domain, null)), "{")
      # A certificate takes no longer name, and no pattern counts over the dots: no JSON is `none`.
      pattern = length(try(tostring(local.domain.name), "")) <= 64 ? "^\"(${local.dns_label}\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?\"$" : "^none$"
      allowed = "a lower-case DNS name with a dot in it and none at its end, whose last label begins with a letter, of at most 64 characters, such as dev.slipway.example"
    },
    { path = "domain.zone", json = jsonencode(try(local.domain.zone, null)), required = false, pattern = "^\"(create|existing)\"$", allowed = "create or existing" },
  ]
}
