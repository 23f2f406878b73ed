mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name        = "slipway-test"
  environment = "test"
}

run "by_default" {
  command = plan

  assert {
    condition     = one(aws_ecs_cluster.this.setting).name == "containerInsights" && one(aws_ecs_cluster.this.setting).value == "enabled"
    error_message = "container insights must be on"
  }

  assert {
    condition     = aws_ecs_cluster_capacity_providers.this.capacity_providers == toset(["FARGATE", "FARGATE_SPOT"]) && one(aws_ecs_cluster_capacity_providers.this.default_capacity_provider_strategy).capacity_provider == "FARGATE"
    error_message = "tasks must run on Fargate unless they say otherwise"
  }

  assert {
    condition = alltrue([
      for exec in [one(one(aws_ecs_cluster.this.configuration).execute_command_configuration)] :
      exec.logging == "OVERRIDE" && one(exec.log_configuration).cloud_watch_log_group_name == "/slipway/test/exec"
    ])
    error_message = "sessions of ECS Exec must be logged: ${jsonencode(aws_ecs_cluster.this.configuration)}"
  }

  assert {
    condition     = aws_cloudwatch_log_group.exec.name == "/slipway/test/exec" && aws_cloudwatch_log_group.exec.retention_in_days == 30
    error_message = "sessions are kept for 30 days"
  }

  assert {
    condition     = aws_service_discovery_http_namespace.this.name == "slipway-test" && one(aws_ecs_cluster.this.service_connect_defaults).namespace == aws_service_discovery_http_namespace.this.arn
    error_message = "Service Connect must find names in the environment's own namespace"
  }

  assert {
    condition     = output.namespace_arn == aws_service_discovery_http_namespace.this.arn && output.name == "slipway-test" && output.arn == aws_ecs_cluster.this.arn
    error_message = "an output names another thing"
  }
}

run "what_is_asked_for" {
  command = plan

  variables {
    container_insights = "enhanced"
    log_retention_days = 365
  }

  assert {
    condition     = one(aws_ecs_cluster.this.setting).value == "enhanced" && aws_cloudwatch_log_group.exec.retention_in_days == 365
    error_message = "the inputs must reach the cluster and its log group"
  }
}
