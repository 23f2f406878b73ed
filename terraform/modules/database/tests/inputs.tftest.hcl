# The variables and what is computed from them alone, linked: no provider to start for each of these.
variables {
  name               = "slipway-test"
  account            = "111122223333"
  region             = "ap-northeast-2"
  engine_version     = "8.4"
  instance           = "db.t4g.medium"
  schema             = "slipway"
  subnet_ids         = ["subnet-a", "subnet-c"]
  security_group_ids = ["sg-1"]
  generated_password = "generated-0123456789"
  password           = "generated-0123456789"
  secret_name        = "slipway/test/database"
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "slipway-an-environment-with-a-name-too-long"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_with_two_hyphens" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "slipway--test"
  }

  expect_failures = [var.name]
}

run "refuses_an_account_that_is_none" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    account = "test"
  }

  expect_failures = [var.account]
}

run "refuses_another_engine_version" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    engine_version = "5.7"
  }

  expect_failures = [var.engine_version]
}

run "refuses_a_version_that_does_not_exist" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    engine_version = "8.3"
  }

  expect_failures = [var.engine_version]
}

run "refuses_a_class_without_db" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    instance = "t4g.medium"
  }

  expect_failures = [var.instance]
}

run "refuses_a_schema_with_a_hyphen" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schema = "slip-way"
  }

  expect_failures = [var.schema]
}

run "refuses_a_schema_that_MySQL_reserves" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schema = "order"
  }

  expect_failures = [var.schema]
}

run "refuses_a_schema_of_the_server" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    schema = "mysql"
  }

  expect_failures = [var.schema]
}

run "refuses_little_storage" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    storage_gb = 19
  }

  expect_failures = [var.storage_gb]
}

run "refuses_half_a_gigabyte" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    storage_gb = 20.5
  }

  expect_failures = [var.storage_gb]
}

run "refuses_a_maximum_below_ten_percent_more" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    storage_gb         = 100
    maximum_storage_gb = 109
  }

  expect_failures = [var.maximum_storage_gb]
}

run "refuses_a_maximum_beyond_what_RDS_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    maximum_storage_gb = 65537
  }

  expect_failures = [var.maximum_storage_gb]
}

run "refuses_a_negative_number_of_replicas" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    replicas = -1
  }

  expect_failures = [var.replicas]
}

run "refuses_sixteen_replicas" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    replicas = 16
  }

  expect_failures = [var.replicas]
}

run "refuses_no_backups" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_days = 0
  }

  expect_failures = [var.backup_days]
}

run "refuses_backups_of_36_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_days = 36
  }

  expect_failures = [var.backup_days]
}

run "refuses_a_backup_window_of_one_time" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window = "17:00"
  }

  expect_failures = [var.backup_window]
}

run "refuses_a_backup_window_at_24" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window = "24:00-00:30"
  }

  expect_failures = [var.backup_window]
}

run "refuses_a_maintenance_window_without_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    maintenance_window = "18:30-19:30"
  }

  expect_failures = [var.maintenance_window]
}

run "refuses_a_parameter_with_a_capital" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    parameters = { Max_connections = "1" }
  }

  expect_failures = [var.parameters]
}

run "refuses_transport_that_is_not_secure" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    parameters = { require_secure_transport = "0" }
  }

  expect_failures = [var.parameters]
}

run "refuses_a_parameter_without_value" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    parameters = { max_connections = null }
  }

  expect_failures = [var.parameters]
}

run "refuses_one_subnet" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_the_same_subnet_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = ["subnet-a", "subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_no_security_group" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    security_group_ids = []
  }

  expect_failures = [var.security_group_ids]
}

run "refuses_a_long_user_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    username = "slipway_administrator"
  }

  expect_failures = [var.username]
}

run "refuses_a_user_of_RDS" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    username = "rdsadmin"
  }

  expect_failures = [var.username]
}

run "refuses_no_generated_password" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    generated_password = null
  }

  expect_failures = [var.generated_password]
}

run "refuses_a_short_generated_password" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    generated_password = "fifteen-letters"
  }

  expect_failures = [var.generated_password]
}

run "refuses_no_password" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    password = null
  }

  expect_failures = [var.password]
}

run "refuses_a_password_longer_than_MySQL_takes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    password = "0123456789012345678901234567890123456789ab"
  }

  expect_failures = [var.password]
}

run "refuses_a_password_with_an_at_sign" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    password = "generated@0123456789"
  }

  expect_failures = [var.password]
}

run "refuses_password_version_zero" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    password_version = 0
  }

  expect_failures = [var.password_version]
}

run "refuses_a_secret_name_that_looks_like_an_ARN" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    secret_name = "slipway/test/database-abc123"
  }

  expect_failures = [var.secret_name]
}

run "refuses_a_retention_that_CloudWatch_does_not_have" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_an_interval_that_RDS_does_not_have" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    monitoring_interval_seconds = 20
  }

  expect_failures = [var.monitoring_interval_seconds]
}

run "knows_windows_apart" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "17:00-18:00"
    maintenance_window = "sun:18:30-sun:19:30"
  }

  assert {
    condition     = !local.windows_overlap && !local.window_lengths_wrong
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}

run "knows_windows_next_to_each_other" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "23:30-00:30"
    maintenance_window = "sun:00:30-sun:23:30"
  }

  assert {
    condition     = !local.windows_overlap
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}

run "knows_windows_that_overlap_on_another_day" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "00:30-01:30"
    maintenance_window = "mon:23:00-tue:01:00"
  }

  assert {
    condition     = local.windows_overlap
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}

run "knows_a_maintenance_inside_the_backup" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "23:00-02:00"
    maintenance_window = "sun:23:30-mon:00:00"
  }

  assert {
    condition     = local.windows_overlap
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}

run "knows_a_maintenance_over_the_end_of_the_week" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "00:30-01:30"
    maintenance_window = "sun:23:30-mon:00:31"
  }

  assert {
    condition     = local.windows_overlap
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}

run "knows_a_backup_window_of_29_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "17:00-17:29"
    maintenance_window = "sun:18:30-sun:19:30"
  }

  assert {
    condition     = local.window_lengths_wrong
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}

run "knows_a_maintenance_window_of_29_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "17:00-17:30"
    maintenance_window = "sun:18:30-sun:18:59"
  }

  assert {
    condition     = local.window_lengths_wrong
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}

run "knows_a_maintenance_window_of_a_day" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backup_window      = "17:00-17:30"
    maintenance_window = "sun:18:30-mon:18:30"
  }

  assert {
    condition     = local.window_lengths_wrong
    error_message = "lengths ${local.backup_length} and ${local.maintenance_length}"
  }
}
