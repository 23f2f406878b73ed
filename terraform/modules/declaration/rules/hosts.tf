# Names below the domain: of the load balancer, of sites and of uploads.
locals {
  dns_label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

  hosts = merge(
    { "load_balancer.host" = jsonencode(try(local.load_balancer.host, null)) },
    { for name, site in local.sites : "sites.${name}.host" => jsonencode(try(site.host, null)) },
    { for name, upload in local.uploads : "uploads.${name}.host" => jsonencode(try(upload.host, null)) },
  )

  host_texts = [
    for path, json in local.hosts : { path = path, json = json, required = false, pattern = "^\"${local.dns_label}\"$", allowed = "one label below the domain: 1 to 63 lower-case letters, digits and hyphens, without a hyphen at either end" }
  ]

  host_relations = concat(
    [for path, json in local.hosts : "${path}: needs a domain, and none is declared" if json != "null" && !local.has_domain],
    flatten([
      for path, json in local.hosts : [
        for other, same in local.hosts : "${path}: ${other} is the same; a name leads to one place (got ${json})" if path != other && json == same && json != "null"
      ]
    ]),
  )
}
