locals {
  sites_raw = try(merge(local.root.sites, {}), {})
  sites     = { for name, site in local.sites_raw : name => site if startswith(jsonencode(site), "{") }

  site_page = "^\"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\"$"

  # Printable ASCII in JSON. jsonencode writes <, > and & as \u003c, \u003e and \u0026.
  policy_pattern = "^\"([ !#-%'-;=?-\\[\\]-~]|\\\\[\"\\\\]|\\\\u00(3c|3e|26))+\"$"

  site_objects = concat(
    [{ path = "sites", json = jsonencode(try(local.root.sites, null)), required = false, known = keys(local.sites_raw) }],
    [for name, site in local.sites_raw : {
      path     = "sites.${name}"
      json     = jsonencode(site)
      required = true
      known    = ["host", "entry", "single_page", "error_page", "content_security_policy", "price_class"]
    }],
  )

  site_texts = flatten([for name, site in local.sites : [
    [
      for key, example in { entry = "index.html", error_page = "404.html" } : {
        path                      = "sites.${name}.${key}"
        json                      = jsonencode(try(site[key], null))
        required                  = false
        # No pattern counts over the slashes: no JSON is `none`.
        pattern = length(try(tostring(site[key]), "")) <= 255 ? local.site_page : "^none$"
        allowed = "the path of a page in the bundle without a / before it, of at most 255 characters, such as ${example}"
      }
    ],
    { path = "sites.${name}.single_page", json = jsonencode(try(site.single_page, null)), required = false, pattern = "^(true|false)$", allowed = "true or false" },
    {
      path     = "sites.${name}.content_security_policy"
      json     = jsonencode(try(site.content_security_policy, null))
      required = false
      # No pattern may count to more than 1000: no JSON is `none`.
      pattern = length(try(tostring(site.content_security_policy), "")) <= 1783 ? local.policy_pattern : "^none$"
      allowed = "1 to 1783 printable ASCII characters, CloudFront's quota"
    },
    {
      path     = "sites.${name}.price_class"
      json     = jsonencode(try(site.price_class, null))
      required = false
      pattern  = "^\"PriceClass_(100|200|All)\"$"
      allowed  = "PriceClass_100, PriceClass_200 or PriceClass_All"
    },
  ]])

  site_relations = concat(
    [for name in keys(local.sites_raw) : "sites.${name}: the name must be ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    [
      for name, site in local.sites : "sites.${name}.error_page: would never be shown, because single_page answers unknown paths with the entry page; remove one of the two"
      if jsonencode(try(site.single_page, null)) == "true" && try(site.error_page != null, false)
    ],
  )
}
