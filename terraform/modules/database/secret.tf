# The instance takes its password from this secret, never from the generator: an apply that is cut off between the
# two writes leaves a secret whose password the next apply gives to the instance.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:Secrets Manager encrypts with the account's own key. A key of our own would be one more thing to pay, to grant and to lose.
  #checkov:skip=CKV2_AWS_57:The password changes with password_version, in one apply for the secret and the instance. Rotation by itself needs a Lambda function in the network.

  name                    = var.secret_name
  description             = "Master user of the database ${var.name}. Terraform writes it; a change by hand does not reach the database."
  recovery_window_in_days = var.force_destroy ? 0 : 30

  tags = { Name = var.secret_name }
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id = aws_secretsmanager_secret.this.id

  # No address: it is known after the instance, which needs the password first.
  secret_string_wo = jsonencode({
    engine   = "mysql"
    username = var.username
    password = var.generated_password
    port     = local.port
    dbname   = var.schema
  })
  secret_string_wo_version = var.password_version
}
