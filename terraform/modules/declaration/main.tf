locals {
  # An empty file, a broken one and two documents in one stop here, with YAML's own line and column. The file is read in the
  # same expression: of a value with a name of its own Terraform would print the whole text, secrets and all.
  raw = yamldecode(file(var.path))
}

module "rules" {
  source = "./rules"

  environment = var.environment
  raw         = local.raw
}
