# What only shows when it is applied: names that are made then, and outputs.
mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name               = "slipway-test"
  account            = "111122223333"
  region             = "ap-northeast-2"
  engine_version     = "8.4"
  instance           = "db.t4g.medium"
  schema             = "slipway"
  replicas           = 11
  subnet_ids         = ["subnet-a", "subnet-c"]
  security_group_ids = ["sg-1"]
  generated_password = "generated-0123456789"
  password           = "generated-0123456789"
  secret_name        = "slipway/test/database"
}

run "wired" {
  assert {
    condition     = can(regex("^slipway-test-final-[0-9a-f-]{36}$", aws_db_instance.primary.final_snapshot_identifier))
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
