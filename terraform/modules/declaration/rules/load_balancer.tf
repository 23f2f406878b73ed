locals {
  load_balancer = try(merge(local.root.load_balancer, {}), {})

  has_load_balancer = try(local.root.load_balancer != null, false)
  is_encrypted      = try(local.load_balancer.protocol == "https", false)

  load_balancer_objects = [
    { path = "load_balancer", json = jsonencode(try(local.root.load_balancer, null)), required = false, known = ["port", "protocol", "host"] },
  ]

  load_balancer_texts = [
    { path = "load_balancer.protocol", json = jsonencode(try(local.load_balancer.protocol, null)), required = false, pattern = "^\"https?\"$", allowed = "http or https" },
  ]

  load_balancer_numbers = [
    { path = "load_balancer.port", json = jsonencode(try(local.load_balancer.port, null)), required = startswith(jsonencode(try(local.root.load_balancer, null)), "{"), minimum = 1, maximum = 65535 },
  ]

  load_balancer_relations = concat(
    [for path in ["load_balancer.protocol"] : "${path}: https needs a domain for its certificate, and none is declared" if local.is_encrypted && !local.has_domain],
    [for path in ["load_balancer.port"] : "${path}: must not be 80 with protocol https, whose port 80 redirects to it (got 80)" if local.is_encrypted && jsonencode(try(local.load_balancer.port, null)) == "80"],
  )
}
