# Runs the rules over every file of ../wrong, and over every declaration of the repository.
locals {
  folder = "${path.module}/../wrong"
  cases  = toset([for file in fileset(local.folder, "*.yaml") : trimsuffix(file, ".yaml")])

  environments        = "${path.module}/../../../../../infra/environments"
  environments_folder = toset([for file in fileset(local.environments, "*/environment.yaml") : dirname(file)])

  unparsable = toset(fileset("${path.module}/../unparsable", "*.yaml"))
}

module "wrong" {
  source   = "../../rules"
  for_each = local.cases

  environment = "dev"
  raw         = yamldecode(file("${local.folder}/${each.key}.yaml"))
}

module "right" {
  source   = "../../rules"
  for_each = local.environments_folder

  environment = each.key
  raw         = yamldecode(file("${local.environments}/${each.key}/environment.yaml"))
}

output "wrong" {
  description = "What was found and what was expected, for each wrong declaration where they differ."
  value = {
    for case, rules in module.wrong : case => {
      found    = rules.faults
      expected = try(split("\n", trimspace(file("${local.folder}/${case}.faults"))), [])
    } if join("\n", rules.faults) != try(trimspace(file("${local.folder}/${case}.faults")), "(no file)")
  }
}

output "accepted" {
  description = "Wrong declarations in which nothing was found."
  value       = [for case, rules in module.wrong : case if length(rules.faults) == 0]
}

output "cases" {
  description = "How many wrong declarations there are."
  value       = length(local.cases)
}

output "right" {
  description = "What was found in the repository's own declarations."
  value       = { for environment, rules in module.right : environment => rules.faults if length(rules.faults) > 0 }
}

output "environments" {
  description = "The repository's own declarations."
  value       = local.environments_folder
}

output "parsable" {
  description = "Files that should not parse and do."
  value       = [for file in local.unparsable : file if can(yamldecode(file("${path.module}/../unparsable/${file}")))]
}
