# The wrong declarations of `ops check`: Terraform refuses them too, but for those below. Terraform's own are in
# ../../../tests/wrong.
locals {
  folder = "${path.module}/../../../../../../ops-cli/ops/tests/wrong"

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

  cases = toset([
    for file in fileset(local.folder, "*/environment.yaml") : dirname(file) if !contains(concat(local.ops_never, ["valid"]), dirname(file))
  ])
  # The others do not even parse.
  parsable = toset([for case in local.cases : case if can(yamldecode(file("${local.folder}/${case}/environment.yaml")))])
}

module "wrong" {
  source   = "../.."
  for_each = local.parsable

  environment = "dev"
  raw         = yamldecode(file("${local.folder}/${each.key}/environment.yaml"))
}

module "valid" {
  source = "../.."

  environment = "dev"
  raw         = yamldecode(file("${local.folder}/valid/environment.yaml"))
}

output "cases" {
  description = "How many wrong declarations ops has."
  value       = length(local.cases)
}

output "accepted" {
  description = "Declarations that ops refuses and Terraform accepts, though nobody said why."
  value       = [for case, rules in module.wrong : case if length(rules.faults) == 0 && !contains(keys(local.ops_alone), case)]
}

output "alone" {
  description = "Exceptions that are none: Terraform refuses them, or they are gone."
  value       = [for case in keys(local.ops_alone) : case if !contains(local.parsable, case) || try(length(module.wrong[case].faults) > 0, true)]
}

output "valid" {
  description = "What was found in the declaration that ops finds nothing in."
  value       = module.valid.faults
}
