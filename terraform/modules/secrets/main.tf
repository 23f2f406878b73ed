locals {
  # What a parameter holds until somebody fills it: AWS makes none without a value.
  placeholder = "NOT FILLED YET. Fill it with: aws ssm put-parameter --overwrite --type SecureString --name <name of this parameter> --value file://<file with the value>"
}

# What is set here must never change in place, the description and the tier included: such a change writes the parameter again,
# with a value that Terraform does not have.
resource "aws_ssm_parameter" "this" {
  #checkov:skip=CKV_AWS_337:Encrypted with the account's key for parameters (alias/aws/ssm). A key of our own would be one more thing to pay, to grant and to lose.

  for_each = toset([for reference in var.references : reference if startswith(reference, "ssm:")])

  name             = trimprefix(each.key, "ssm:")
  type             = "SecureString"
  value_wo         = local.placeholder
  value_wo_version = 1

  tags = { Name = trimprefix(each.key, "ssm:") }
}

# It has no version, so a task that needs it cannot start before somebody fills it.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:Encrypted with the account's key for secrets (alias/aws/secretsmanager). A key of our own would be one more thing to pay, to grant and to lose.
  #checkov:skip=CKV2_AWS_57:People fill it, so people rotate it: a function would have to know what the value is for.

  for_each = toset([for reference in var.references : reference if startswith(reference, "secretsmanager:")])

  name                    = trimprefix(each.key, "secretsmanager:")
  description             = "Empty until it is filled with: aws secretsmanager put-secret-value --secret-id <name of this secret> --secret-string file://<file with the value>"
  recovery_window_in_days = var.recovery_days

  tags = { Name = trimprefix(each.key, "secretsmanager:") }
}
