locals {
  replica_identifiers = { for number in range(1, var.replicas + 1) : tostring(number) => "${var.name}-replica-${number}" }
}

# What a replica does not say, RDS decides anew for it and does not take from the primary: encryption left out replaces the
# replica at the next plan. Password, schema and subnet group come from the primary and are refused here.
resource "aws_db_instance" "replica" {
  #checkov:skip=CKV_AWS_133:The primary is what is backed up. A replica can always be made again from it.
  #checkov:skip=CKV_AWS_157:A replica in two zones is two more machines; a second replica does more for the same money.
  #checkov:skip=CKV_AWS_226:Versions pinned to the patch are to stay as they are; with major.minor it is on.
  #checkov:skip=CKV_AWS_293:A replica holds nothing of its own, and fewer of them may be declared at any time.
  #checkov:skip=CKV_AWS_354:The account's own key encrypts. A key of our own would be one more thing to pay, to grant and to lose.

  for_each = local.replica_identifiers

  identifier          = each.value
  replicate_source_db = aws_db_instance.primary.identifier
  instance_class      = var.instance

  # Storage that grows by itself may have grown beyond what is declared; a replica begins with what the primary has then.
  allocated_storage     = var.maximum_storage_gb == null ? var.storage_gb : null
  max_allocated_storage = var.maximum_storage_gb
  storage_type          = "gp3"
  storage_encrypted     = true

  publicly_accessible    = false
  multi_az               = false
  vpc_security_group_ids = var.security_group_ids
  parameter_group_name   = aws_db_parameter_group.this.name

  iam_database_authentication_enabled = var.iam_authentication

  auto_minor_version_upgrade = local.auto_minor_version_upgrade
  maintenance_window         = var.maintenance_window
  apply_immediately          = var.apply_immediately

  backup_retention_period  = 0
  copy_tags_to_snapshot    = true
  deletion_protection      = false
  skip_final_snapshot      = true
  delete_automated_backups = true

  enabled_cloudwatch_logs_exports       = local.exported_logs
  monitoring_interval                   = var.monitoring_interval_seconds
  monitoring_role_arn                   = one(aws_iam_role.monitoring[*].arn)
  performance_insights_enabled          = local.performance_insights
  performance_insights_retention_period = local.performance_insights ? 7 : null

  tags = { Name = each.value }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy_attachment.monitoring]
}
