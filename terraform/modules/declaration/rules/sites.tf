locals {
  sites_raw = try(merge(local.root.sites, {}), {})
  sites     = { for name, site in local.sites_raw : name => site if startswith(jsonencode(site), "{") }

  site_page = "^\"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*\"$"

  # Printable ASCII in JSON. jsonencode writes <, > and & as \u003c, \u003e and \u0026.
  policy_pattern = "^\"([ !#-%'-;=?-\\[\\]-~]|\\\\[\"\\\\]|\\\\u00(3c|3e|26))+\"$"

  # What ops alone reads is held to its form here all the same.
  header_keys = ["cache_control", "content_type", "content_language", "content_disposition"]

  header_rules = flatten([
    for name, site in local.sites : [
      for index, rule in try([for rule in site.headers : rule], []) : { site = name, path = "sites.${name}.headers[${index}]", says = rule } if startswith(jsonencode(rule), "{")
    ]
  ])

  glob_pattern = "^\"[A-Za-z0-9._*-][A-Za-z0-9._*/-]{0,254}\"$"
  glob_allowed = "a glob of 1 to 255 letters, digits and ._-/, with * for what is between two slashes and ** for any folders, and no / before it"

  site_objects = concat(
    [{ path = "sites", json = jsonencode(try(local.root.sites, null)), required = false, known = keys(local.sites_raw) }],
    [for name, site in local.sites_raw : {
      path     = "sites.${name}"
      json     = jsonencode(site)
      required = true
      known    = ["host", "entry", "single_page", "precompressed", "error_page", "content_security_policy", "price_class", "artifact", "keep_builds", "immutable", "headers", "backend"]
    }],
    [for rule in local.header_rules : { path = rule.path, json = jsonencode(rule.says), required = false, known = concat(["files"], local.header_keys) }],
  )

  site_texts = concat(local.header_texts, flatten([for name, site in local.sites : [
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
    { path = "sites.${name}.artifact", json = jsonencode(try(site.artifact, null)), required = false, pattern = local.artifact.text, allowed = local.artifact.allowed },
  ]]))

  header_texts = flatten([for rule in local.header_rules : [
    [{ path = "${rule.path}.files", json = jsonencode(try(rule.says.files, null)), required = true, pattern = local.glob_pattern, allowed = local.glob_allowed }],
    [for key in local.header_keys : {
      path     = "${rule.path}.${key}"
      json     = jsonencode(try(rule.says[key], null))
      required = false
      pattern  = replace(local.policy_pattern, "+\"$", "{1,255}\"$")
      allowed  = "1 to 255 printable ASCII characters"
    }],
  ]])

  site_numbers = [
    for name, site in local.sites : { path = "sites.${name}.keep_builds", json = jsonencode(try(site.keep_builds, null)), required = false, minimum = 1, maximum = 20 }
  ]

  site_lists = flatten([for name, site in local.sites : [
    {
      path     = "sites.${name}.immutable"
      json     = jsonencode(try(site.immutable, null))
      required = false
      pattern  = local.glob_pattern
      allowed  = local.glob_allowed
      minimum  = 0
      unique   = false
      secret   = false
    },
    {
      path     = "sites.${name}.backend"
      json     = jsonencode(try(site.backend, null))
      required = false
      pattern  = "^\"/[A-Za-z0-9_.*$/~'@:+-]{0,254}\"$"
      allowed  = "a path of at most 255 letters, digits and _.*$/~'@:+- that begins with /, such as /api/*"
      minimum  = 1
      unique   = true
      secret   = false
    },
    {
      path     = "sites.${name}.precompressed"
      json     = jsonencode(try(site.precompressed, null))
      required = false
      pattern  = "^\"(br|gzip)\"$"
      allowed  = "br or gzip"
      minimum  = 1
      unique   = true
      secret   = false
    },
    {
      path     = "sites.${name}.headers"
      json     = jsonencode(try(site.headers, null))
      required = false
      pattern  = "^\\{"
      allowed  = "a mapping"
      minimum  = 0
      unique   = false
      secret   = false
    },
  ]])

  # The globs of what never changes under its name, and each as a regular expression.
  lasting_globs = concat(
    flatten([for name, site in local.sites : [
      for index, glob in try([for glob in site.immutable : tostring(glob)], []) : { site = name, path = "sites.${name}.immutable[${index}]", glob = glob }
    ]]),
    [
      for rule in local.header_rules : { site = rule.site, path = "${rule.path}.files", glob = rule.says.files }
      if try(strcontains(lower(rule.says.cache_control), "immutable"), false) && can(regex(local.glob_pattern, jsonencode(rule.says.files)))
    ],
  )
  lasting_files = {
    for entry in local.lasting_globs : entry.path => merge(entry, {
      # Tokens first, because an expression has asterisks of its own.
      pattern = replace(replace(replace(replace(replace(replace(replace(entry.glob,
        ".", "\\."),
        "/(^|\\/)\\*\\*$/", "$${1}<all>"),
        "/^\\*\\*\\//", "<folders>"),
        "/\\/\\*\\*\\//", "/<folders>"),
        "/\\*+/", "[^/]*"),
        "<folders>", "(.*/)?"),
        "<all>", ".*"
      )
    }) if can(regex(local.glob_pattern, jsonencode(entry.glob)))
  }

  site_pages = {
    for name, site in local.sites : name => { for key, page in { entry = try(tostring(coalesce(site.entry)), "index.html"), error_page = try(tostring(site.error_page), null) } : key => page if page != null }
  }

  site_relations = concat(
    [for name in keys(local.sites_raw) : "sites.${name}: the name must be ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    flatten([
      for name, site in local.sites : concat(
        local.has_load_balancer ? [] : ["sites.${name}.backend: needs a load_balancer, which answers these paths"],
        local.is_encrypted && try(local.load_balancer.host, null) == null ? ["sites.${name}.backend: needs load_balancer.host, the name that the certificate is for"] : [],
        # CloudFront takes 25 behaviors, and one is of everything else.
        length(site.backend) <= 24 ? [] : ["sites.${name}.backend: has ${length(site.backend)} paths; a distribution takes 24"],
        try(site.error_page, null) == null ? [] : ["sites.${name}.error_page: would take the place of what the load balancer answers when it says 404; remove it or backend"],
      ) if try(length(site.backend) > 0, false)
    ]),
    flatten([
      for name, pages in local.site_pages : [
        for key, page in pages : "sites.${name}.${key}: must not be in .slipway/, which ops keeps for itself (got ${page})" if startswith(lower(page), ".slipway/")
      ]
    ]),
    flatten([
      for path, files in local.lasting_files : [
        for page in values(local.site_pages[files.site]) : "${path}: takes in ${page}, a page that could then never change" if can(regex("^${files.pattern}$", page))
      ]
    ]),
    [
      for rule in local.header_rules : "${rule.path}: says nothing of its files; add ${join(", ", slice(local.header_keys, 0, 3))} or ${local.header_keys[3]}"
      if !anytrue([for key in local.header_keys : contains(keys(rule.says), key)]) && length(keys(rule.says)) == 1
    ],
  )
}
