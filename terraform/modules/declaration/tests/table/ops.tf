# The wrong declarations of `ops check`: Terraform refuses them too, but for those below.
locals {
  ops_folder = "${path.module}/../../../../../ops-cli/ops/tests/wrong"

  # What Terraform cannot know, and why.
  ops_alone = {
    ambiguous_value   = "Terraform's YAML has decided what `010` means before any rule sees it"
    container_cycle   = "Terraform has no recursion to walk along `depends_on`"
    cycle             = "Terraform has no recursion to walk along `after`"
    duplicate_key     = "Terraform's YAML takes the last of the two"
    secret_by_value   = "what a secret looks like is a guess of many rules, and ops keeps it"
    time_zone_unknown = "which time zones there are changes from year to year, and Terraform has no list of them"
  }

  # What Terraform must not even be shown: its YAML writes the billions of values out, and never ends.
  ops_never = ["alias_bomb"]

  ops_cases = toset([
    for file in fileset(local.ops_folder, "*/environment.yaml") : dirname(file) if !contains(concat(local.ops_never, ["valid"]), dirname(file))
  ])
  # The others do not even parse.
  ops_parsable = toset([for case in local.ops_cases : case if can(yamldecode(file("${local.ops_folder}/${case}/environment.yaml")))])
}

module "ops" {
  source   = "../../rules"
  for_each = local.ops_parsable

  environment = "dev"
  raw         = yamldecode(file("${local.ops_folder}/${each.key}/environment.yaml"))
}

module "ops_valid" {
  source = "../../rules"

  environment = "dev"
  raw         = yamldecode(file("${local.ops_folder}/valid/environment.yaml"))
}

output "ops_cases" {
  description = "How many wrong declarations ops has."
  value       = length(local.ops_cases)
}

output "ops_accepted" {
  description = "Declarations that ops refuses and Terraform accepts, though nobody said why."
  value       = [for case, rules in module.ops : case if length(rules.faults) == 0 && !contains(keys(local.ops_alone), case)]
}

output "ops_alone" {
  description = "Exceptions that are none: Terraform refuses them, or they are gone."
  value       = [for case in keys(local.ops_alone) : case if !contains(local.ops_parsable, case) || try(length(module.ops[case].faults) > 0, true)]
}

output "ops_valid" {
  description = "What was found in the declaration that ops finds nothing in."
  value       = module.ops_valid.faults
}
