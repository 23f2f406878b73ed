locals {
  text = file(var.path)
  # An empty file, a broken one and two documents in one stop here, with YAML's own line and column.
  raw = yamldecode(local.text)
}

module "rules" {
  source = "./rules"

  environment = var.environment
  raw         = local.raw
}
