# The variables and what is computed from them alone, linked: no provider to start for each of these.
# One fault for each input in a run: every one of them has to be refused.
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

run "refuses_a_fault_in_each_input" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    # A long name.
    name = "slipway-an-environment-with-a-name-too-long"
    # An account that is none.
    account = "test"
    # Another engine version.
    engine_version = "5.7"
    # A class without db.
    instance = "t4g.medium"
    # A schema with a hyphen.
    schema = "slip-way"
    # Little storage.
    storage_gb = 19
    # A negative number of replicas.
    replicas = -1
    # No backups.
    backup_days = 0
    # A backup window of one time.
    backup_window = "17:00"
    # A maintenance window without days.
    maintenance_window = "18:30-19:30"
    # A parameter with a capital.
    parameters = { Max_connections = "1" }
    # One subnet.
    subnet_ids = ["subnet-a"]
    # No security group.
    security_group_ids = []
    # A long user name.
    username = "slipway_administrator"
    # No generated password.
    generated_password = null
    # No password.
    password = null
    # Password version zero.
    password_version = 0
    # A secret name that looks like an ARN.
    secret_name = "slipway/test/database-abc123"
    # A retention that CloudWatch does not have.
    log_retention_days = 31
    # An interval that RDS does not have.
    monitoring_interval_seconds = 20
  }

  expect_failures = [
    var.name,
    var.account,
    var.engine_version,
    var.instance,
    var.schema,
    var.storage_gb,
    var.replicas,
    var.backup_days,
    var.backup_window,
    var.maintenance_window,
    var.parameters,
    var.subnet_ids,
    var.security_group_ids,
    var.username,
    var.generated_password,
    var.password,
    var.password_version,
    var.secret_name,
    var.log_retention_days,
    var.monitoring_interval_seconds,
  ]
}

run "refuses_another_fault" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    # A name with two hyphens.
    name = "slipway--test"
    # A version that does not exist.
    engine_version = "8.3"
    # A schema that MySQL reserves.
    schema = "order"
    # Half a gigabyte.
    storage_gb = 20.5
    # Sixteen replicas.
    replicas = 16
    # Backups of 36 days.
    backup_days = 36
    # A backup window at 24.
    backup_window = "24:00-00:30"
    # Transport that is not secure.
    parameters = { require_secure_transport = "0" }
    # The same subnet twice.
    subnet_ids = ["subnet-a", "subnet-a"]
    # A user of RDS.
    username = "rdsadmin"
    # A short generated password.
    generated_password = "fifteen-letters"
    # A password longer than MySQL takes.
    password = "0123456789012345678901234567890123456789ab"
  }

  expect_failures = [
    var.name,
    var.engine_version,
    var.schema,
    var.storage_gb,
    var.replicas,
    var.backup_days,
    var.backup_window,
    var.parameters,
    var.subnet_ids,
    var.username,
    var.generated_password,
    var.password,
  ]
}

run "refuses_a_third_fault" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    # A maximum beyond what RDS has.
    maximum_storage_gb = 65537
    # A schema of the server.
    schema = "mysql"
    # A parameter without value.
    parameters = { max_connections = null }
    # A password with an at sign.
    password = "generated@0123456789"
  }

  expect_failures = [
    var.maximum_storage_gb,
    var.schema,
    var.parameters,
    var.password,
  ]
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
