output "state_bucket" {
  description = "Name of the bucket: `bucket` in the environments' .s3.tfbackend files."
  value       = module.state_bucket.name
}

output "permissions_boundary_arns" {
  description = "ARN of the boundary of each environment of the account."
  value       = { for environment, boundary in module.permissions_boundary : environment => boundary.arn }

  precondition {
    condition     = length(local.overlapping) == 0
    error_message = "no environment of an account may be called like the beginning of another one, or state: the permissions go by names (got ${join(", ", local.overlapping)})."
  }
}

output "github_role_arns" {
  description = "ARNs of the roles `plan`, `apply` and `deploy` of each environment: `role-to-assume` in GitHub's workflows. Empty without `github`."
  value       = { for environment, roles in module.github_oidc : environment => roles.role_arns }
}
