locals {
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html
  connect_form = {
    name                    = { text = "^\"[a-z]([a-z0-9-]{0,61}[a-z0-9])?\"$", allowed = "1 to 63 lower-case letters, digits and hyphens, the first a letter and the last no hyphen" }
    port                    = { minimum = 1, maximum = 65535 }
    protocol                = { options = ["tcp", "http", "http2", "grpc"] }
    idle_timeout_seconds    = { minimum = 0, maximum = 86400 }
    request_timeout_seconds = { minimum = 0, maximum = 86400 }
  }

  connects = { for name, service in local.service_mappings : name => try(merge(service.connect, {}), {}) if try(service.connect != null, false) }
  # Under what others reach a service. One without a port only calls.
  connect_names = { for name, connect in local.connects : name => try(tostring(coalesce(connect.name)), name) if try(local.service_mappings[name].port != null, false) }

  connect_relations = concat(
    flatten([
      for name, connect in local.connects : [
        for key in keys(local.connect_form) : "services.${name}.connect.${key}: needs a port that the container listens on"
        if try(connect[key] != null, false) && !contains(keys(local.connect_names), name)
      ]
    ]),
    [
      for name, connect in local.connects : "services.${name}.connect.request_timeout_seconds: not with protocol tcp, which knows no requests; say http, http2 or grpc"
      if try(connect.request_timeout_seconds != null, false) && try(coalesce(connect.protocol), "tcp") == "tcp"
    ],
    flatten([
      for name, called in local.connect_names : [
        for other, same in local.connect_names : "services.${name}.connect.name: ${other} has the same; a name leads to one service (got ${called})" if name != other && called == same
      ]
    ]),
  )
}
