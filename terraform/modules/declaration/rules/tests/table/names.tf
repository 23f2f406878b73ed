# The cases are all called dev, so names are tried here.
locals {
  names = ["a-b", "aaaaaaaaaaaaaaaaaaaa", "a--b", "a-", "aaaaaaaaaaaaaaaaaaaaa"]
}

module "names" {
  source   = "../.."
  for_each = toset(local.names)

  environment = each.key
  raw         = merge(yamldecode(file("${path.module}/../../../tests/bare.yaml")), { environment = each.key })
}

output "names" {
  description = "Names of environments that are refused."
  value       = [for name in local.names : name if length(module.names[name].faults) > 0]
}

output "reserved_words_differ" {
  description = "Whether the database's module refuses other names of schemas than the rules."
  value = jsonencode(regexall("\"([a-z][a-z0-9_ ]+)\",", file("${path.module}/../../reserved_words.tf"))) != jsonencode(
    regexall("\"([a-z][a-z0-9_ ]+)\",", file("${path.module}/../../../../database/reserved_words.tf"))
  )
}
