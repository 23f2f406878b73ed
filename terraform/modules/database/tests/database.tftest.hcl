mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name               = "slipway-test"
  account            = "111122223333"
  region             = "ap-northeast-2"
  engine_version     = "8.4"
  instance           = "db.t4g.medium"
  schema             = "slipway"
  replicas           = 2
  subnet_ids         = ["subnet-a", "subnet-c"]
  security_group_ids = ["sg-1"]
  generated_password = "generated-0123456789"
  password           = "generated-0123456789"
  secret_name        = "slipway/test/database"
}

run "secure_by_default" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary"
  }

  assert {
    condition = alltrue([
      aws_db_instance.primary.storage_encrypted,
      aws_db_instance.primary.storage_type == "gp3",
      !aws_db_instance.primary.publicly_accessible,
      aws_db_instance.primary.db_subnet_group_name == aws_db_subnet_group.this.name,
      aws_db_instance.primary.deletion_protection,
      !aws_db_instance.primary.skip_final_snapshot,
      !aws_db_instance.primary.delete_automated_backups,
      aws_db_instance.primary.copy_tags_to_snapshot,
      aws_db_instance.primary.backup_retention_period == 7,
      aws_db_instance.primary.iam_database_authentication_enabled,
      aws_db_instance.primary.performance_insights_enabled,
      aws_db_instance.primary.performance_insights_retention_period == 7,
      aws_db_instance.primary.monitoring_interval == 60,
      aws_db_instance.primary.enabled_cloudwatch_logs_exports == toset(["error", "slowquery"]),
      aws_db_instance.primary.vpc_security_group_ids == toset(["sg-1"]),
    ])
    error_message = jsonencode(aws_db_instance.primary)
  }

  assert {
    condition     = one([for parameter in aws_db_parameter_group.this.parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "require_secure_transport"]) == "1 immediate"
    error_message = "connections without TLS must be refused"
  }

  assert {
    condition     = aws_secretsmanager_secret.this.recovery_window_in_days == 30
    error_message = "a deleted secret must be restorable"
  }

  assert {
    condition     = aws_db_instance.primary.password == null && aws_db_instance.primary.password_wo_version == 1
    error_message = "the password must be write-only"
  }

  assert {
    condition = alltrue([
      !aws_db_instance.primary.apply_immediately,
      !aws_db_instance.primary.allow_major_version_upgrade,
      aws_db_instance.primary.auto_minor_version_upgrade,
      aws_db_instance.primary.backup_window == "17:00-18:00",
      aws_db_instance.primary.maintenance_window == "sun:18:30-sun:19:30",
    ])
    error_message = jsonencode(aws_db_instance.primary)
  }

  assert {
    condition = { for group in aws_cloudwatch_log_group.this : group.name => group.retention_in_days } == {
      "/aws/rds/instance/slipway-test/error"               = 30
      "/aws/rds/instance/slipway-test/slowquery"           = 30
      "/aws/rds/instance/slipway-test-replica-1/error"     = 30
      "/aws/rds/instance/slipway-test-replica-1/slowquery" = 30
      "/aws/rds/instance/slipway-test-replica-2/error"     = 30
      "/aws/rds/instance/slipway-test-replica-2/slowquery" = 30
    }
    error_message = jsonencode([for group in aws_cloudwatch_log_group.this : group.name])
  }

  # A slow query log that is a table reaches no log group.
  assert {
    condition = alltrue([for name, value in { log_output = "FILE", slow_query_log = "1", long_query_time = "1" } :
      contains([for parameter in aws_db_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "${name}=${value}")
    ])
    error_message = jsonencode(aws_db_parameter_group.this.parameter)
  }

  # A replica says itself what RDS would decide anew.
  assert {
    condition     = { for number, replica in aws_db_instance.replica : number => "${replica.identifier} of ${replica.replicate_source_db}" } == { "1" = "slipway-test-replica-1 of slipway-test", "2" = "slipway-test-replica-2 of slipway-test" }
    error_message = jsonencode(keys(aws_db_instance.replica))
  }

  assert {
    condition = alltrue([for replica in aws_db_instance.replica : alltrue([
      replica.storage_encrypted,
      replica.storage_type == "gp3",
      replica.allocated_storage == 20,
      !replica.publicly_accessible,
      !replica.multi_az,
      !replica.deletion_protection,
      replica.skip_final_snapshot,
      replica.copy_tags_to_snapshot,
      replica.iam_database_authentication_enabled,
      replica.auto_minor_version_upgrade,
      replica.maintenance_window == "sun:18:30-sun:19:30",
      replica.parameter_group_name == "slipway-test-mysql8-4",
      replica.vpc_security_group_ids == toset(["sg-1"]),
      replica.monitoring_interval == 60,
      replica.performance_insights_enabled,
      replica.enabled_cloudwatch_logs_exports == toset(["error", "slowquery"]),
    ])])
    error_message = jsonencode(aws_db_instance.replica)
  }

  # RDS refuses both for a replica.
  assert {
    condition     = alltrue([for replica in aws_db_instance.replica : replica.password_wo_version == null && replica.password == null])
    error_message = "a replica has its source's password"
  }

  assert {
    condition = jsondecode(aws_iam_role.monitoring[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = "111122223333"
          "aws:SourceArn" = [
            "arn:aws:rds:ap-northeast-2:111122223333:db:slipway-test",
            "arn:aws:rds:ap-northeast-2:111122223333:db:slipway-test-replica-1",
            "arn:aws:rds:ap-northeast-2:111122223333:db:slipway-test-replica-2",
          ]
        }
      }
    }]
    error_message = aws_iam_role.monitoring[0].assume_role_policy
  }

  assert {
    condition     = aws_iam_role_policy_attachment.monitoring[0].policy_arn == "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    error_message = aws_iam_role_policy_attachment.monitoring[0].policy_arn
  }

  assert {
    condition     = aws_iam_role.monitoring[0].permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "the monitoring role must be bounded"
  }
}

run "nothing_is_left_behind_and_nothing_watched_when_asked" {
  command = plan

  variables {
    deletion_protection         = false
    force_destroy               = true
    performance_insights        = false
    monitoring_interval_seconds = 0
    engine_version              = "8.0.40"
  }

  assert {
    condition = alltrue([
      !aws_db_instance.primary.deletion_protection,
      aws_db_instance.primary.skip_final_snapshot,
      aws_db_instance.primary.delete_automated_backups,
      aws_secretsmanager_secret.this.recovery_window_in_days == 0,
    ])
    error_message = "nothing must be left behind"
  }

  assert {
    condition     = length(aws_iam_role.monitoring) == 0 && length(aws_iam_role_policy_attachment.monitoring) == 0 && aws_db_instance.primary.monitoring_interval == 0
    error_message = "a role that nobody takes must not be made"
  }

  assert {
    condition     = !aws_db_instance.primary.performance_insights_enabled && !aws_db_instance.replica["1"].performance_insights_enabled
    error_message = "performance_insights = false must switch them off"
  }

  assert {
    condition     = !aws_db_instance.primary.auto_minor_version_upgrade && !aws_db_instance.replica["1"].auto_minor_version_upgrade
    error_message = "AWS must not move what Terraform would put back"
  }

  assert {
    condition     = aws_db_parameter_group.this.family == "mysql8.0" && aws_db_parameter_group.this.name == "slipway-test-mysql8-0"
    error_message = "${aws_db_parameter_group.this.family} ${aws_db_parameter_group.this.name}"
  }
}

run "parameters_storage_replicas_and_what_a_small_class_cannot" {
  command = plan

  # Made by Terraform itself, and known only then.
  override_resource {
    override_during = plan
    target          = terraform_data.final_snapshot
    values          = { id = "00000000-0000-0000-0000-000000000000" }
  }

  variables {
    replicas            = 11
    instance            = "db.t4g.small"
    deletion_protection = false
    multi_zone          = true
    storage_gb          = 100
    maximum_storage_gb  = 110
    parameters = {
      max_connections              = "200"
      innodb_buffer_pool_instances = "2"
      long_query_time              = "5"
    }
  }

  assert {
    condition     = !aws_db_instance.primary.performance_insights_enabled && !aws_db_instance.replica["1"].performance_insights_enabled
    error_message = "AWS refuses Performance Insights for db.t4g.small"
  }

  assert {
    condition = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => "${parameter.value} ${parameter.apply_method}" } == {
      innodb_buffer_pool_instances = "2 pending-reboot"
      log_output                   = "FILE immediate"
      long_query_time              = "5 immediate"
      max_connections              = "200 immediate"
      require_secure_transport     = "1 immediate"
      slow_query_log               = "1 immediate"
    }
    error_message = jsonencode(aws_db_parameter_group.this.parameter)
  }

  assert {
    condition     = aws_db_instance.primary.max_allocated_storage == 110 && aws_db_instance.replica["1"].max_allocated_storage == 110
    error_message = "a replica that does not grow with its source stops replicating"
  }

  assert {
    condition     = aws_db_instance.primary.multi_az && !aws_db_instance.replica["1"].multi_az
    error_message = "the standby is the primary's"
  }

  assert {
    condition     = !aws_db_instance.primary.skip_final_snapshot && aws_secretsmanager_secret.this.recovery_window_in_days == 30
    error_message = "only force_destroy loses data"
  }

  # What other modules are told.
  assert {
    condition     = aws_db_instance.primary.final_snapshot_identifier == "slipway-test-final-00000000-0000-0000-0000-000000000000"
    error_message = aws_db_instance.primary.final_snapshot_identifier
  }

  assert {
    condition     = output.identifier == "slipway-test" && output.schema == "slipway" && output.port == 3306
    error_message = "${output.identifier} ${output.schema} ${output.port}"
  }

  assert {
    condition     = output.replica_identifiers == [for number in range(1, 12) : "slipway-test-replica-${number}"]
    error_message = "replicas must be in the order of their numbers: ${join(" ", output.replica_identifiers)}"
  }

  assert {
    condition     = aws_db_instance.primary.monitoring_role_arn == aws_iam_role.monitoring[0].arn
    error_message = "RDS must take the monitoring role"
  }
}

run "refuses_windows_that_overlap" {
  command = plan

  variables {
    backup_window      = "17:00-18:00"
    maintenance_window = "sun:17:59-sun:19:30"
  }

  expect_failures = [aws_db_instance.primary]
}

run "refuses_a_backup_window_of_less_than_half_an_hour" {
  command = plan

  variables {
    backup_window = "23:45-00:14"
  }

  expect_failures = [aws_db_instance.primary]
}

run "refuses_a_maintenance_window_of_less_than_half_an_hour" {
  command = plan

  variables {
    maintenance_window = "sun:18:30-sun:18:45"
  }

  expect_failures = [aws_db_instance.primary]
}
