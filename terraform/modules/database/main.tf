locals {
  port = 3306

  # A version without a patch number follows AWS. One with it would be put back at every plan after AWS has moved it.
  auto_minor_version_upgrade = length(split(".", var.engine_version)) == 2
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Where the database ${var.name} is: subnets without a way out."
  subnet_ids  = var.subnet_ids

  tags = { Name = var.name }
}

# A snapshot keeps its name for ever, so the next database of the same name must call its last one differently.
resource "terraform_data" "final_snapshot" {
  triggers_replace = [var.name, var.schema, var.username]
}

resource "aws_db_instance" "primary" {
  #checkov:skip=CKV_AWS_157:multi_zone asks for a standby in another zone; it doubles the price, so it is declared where an hour's outage costs more.
  #checkov:skip=CKV_AWS_226:Versions pinned to the patch are to stay as they are; with major.minor it is on.
  #checkov:skip=CKV_AWS_354:The account's own key encrypts. A key of our own would be one more thing to pay, to grant and to lose.

  identifier     = var.name
  engine         = "mysql"
  engine_version = var.engine_version
  instance_class = var.instance
  db_name        = var.schema
  port           = local.port

  username            = var.username
  password_wo         = var.password
  password_wo_version = var.password_version

  allocated_storage     = var.storage_gb
  max_allocated_storage = var.maximum_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true

  publicly_accessible    = false
  multi_az               = var.multi_zone
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = var.security_group_ids
  parameter_group_name   = aws_db_parameter_group.this.name

  iam_database_authentication_enabled = var.iam_authentication

  allow_major_version_upgrade = var.allow_major_version_upgrade
  auto_minor_version_upgrade  = local.auto_minor_version_upgrade
  maintenance_window          = var.maintenance_window
  apply_immediately           = var.apply_immediately

  backup_retention_period   = var.backup_days
  backup_window             = var.backup_window
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  skip_final_snapshot       = var.force_destroy
  final_snapshot_identifier = "${var.name}-final-${terraform_data.final_snapshot.id}"
  delete_automated_backups  = var.force_destroy

  enabled_cloudwatch_logs_exports       = local.exported_logs
  monitoring_interval                   = var.monitoring_interval_seconds
  monitoring_role_arn                   = one(aws_iam_role.monitoring[*].arn)
  performance_insights_enabled          = local.performance_insights
  performance_insights_retention_period = local.performance_insights ? 7 : null

  tags = { Name = var.name }

  lifecycle {
    precondition {
      condition     = !local.window_lengths_wrong
      error_message = "backup_window must be at least 30 minutes, maintenance_window at least 30 minutes and less than a day (got ${var.backup_window} and ${var.maintenance_window})."
    }

    precondition {
      condition     = !local.windows_overlap
      error_message = "backup_window and maintenance_window must not overlap on any day (got ${var.backup_window} and ${var.maintenance_window})."
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.monitoring]
}
