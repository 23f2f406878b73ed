# The roots under terraform/environments hold nothing of their own, so they are compared with what they have to be.
locals {
  roots = "${path.module}/../../../../environments"

  declared = { for environment in local.environments_folder : environment => yamldecode(file("${local.environments}/${environment}/environment.yaml")) }

  expected_backends = {
    for environment, declaration in local.declared : environment => <<-EOT
      bucket       = "slipway-state-${declaration.account}"
      key          = "environments/${environment}/terraform.tfstate"
      region       = "${declaration.region}"
      encrypt      = true
      use_lockfile = true
    EOT
  }

  root_files = toset([for path in fileset(local.roots, "*/*.tf") : basename(path)])
}

output "roots" {
  description = "What is wrong with the roots of the environments, one sentence each."
  value = concat(
    [
      for environment, expected in local.expected_backends : "terraform/environments/${environment}/${environment}.s3.tfbackend must be:\n${expected}"
      if try(file("${local.roots}/${environment}/${environment}.s3.tfbackend"), "") != expected
    ],
    flatten([
      for environment in keys(local.declared) : [
        for name in setunion(local.root_files, [".terraform.lock.hcl"]) : "terraform/environments/${environment}/${name} must be the same as dev's"
        if try(file("${local.roots}/${environment}/${name}"), "absent") != try(file("${local.roots}/dev/${name}"), "absent")
      ]
    ]),
  )
}
