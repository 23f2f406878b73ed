module "secrets" {
  source = "../secrets"

  references    = var.declaration.secrets
  recovery_days = var.allow_destroy ? 0 : 30
}
