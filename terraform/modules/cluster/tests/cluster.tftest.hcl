mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name = "slipway-test"
}

run "insights_and_fargate_by_default" {
  command = plan

  assert {
    condition     = one(aws_ecs_cluster.this.setting).name == "containerInsights" && one(aws_ecs_cluster.this.setting).value == "enabled"
    error_message = "container insights must be on"
  }

  assert {
    condition     = aws_ecs_cluster_capacity_providers.this.capacity_providers == toset(["FARGATE", "FARGATE_SPOT"]) && one(aws_ecs_cluster_capacity_providers.this.default_capacity_provider_strategy).capacity_provider == "FARGATE"
    error_message = "tasks must run on Fargate unless they say otherwise"
  }
}

run "refuses_an_unknown_setting" {
  command = plan

  variables {
    container_insights = "on"
  }

  expect_failures = [var.container_insights]
}

run "refuses_a_name_with_a_slash" {
  command = plan

  variables {
    name = "slipway/test"
  }

  expect_failures = [var.name]
}
