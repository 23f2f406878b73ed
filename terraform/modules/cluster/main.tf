resource "aws_ecs_cluster" "this" {
  #checkov:skip=CKV_AWS_65:On unless the declaration says otherwise; checkov cannot see through the variable.
  #checkov:skip=CKV_AWS_224:Sessions are encrypted in transit by TLS. A key of our own would be one more thing to pay, to grant to every task and to lose.

  name = var.name

  setting {
    name  = "containerInsights"
    value = var.container_insights
  }

  # What somebody types in a container is written to a group of its own, whatever the task definition says about logs.
  configuration {
    execute_command_configuration {
      logging = "OVERRIDE"

      log_configuration {
        cloud_watch_log_group_name = aws_cloudwatch_log_group.exec.name
      }
    }
  }

  service_connect_defaults {
    namespace = aws_service_discovery_http_namespace.this.arn
  }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}

# Where services find each other by name when they use Service Connect. It costs nothing by itself.
resource "aws_service_discovery_http_namespace" "this" {
  name        = var.name
  description = "Service Connect names of ${var.name}."
}

resource "aws_cloudwatch_log_group" "exec" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts with keys of its own. A key of our own would be one more thing to pay, to grant and to lose.
  #checkov:skip=CKV_AWS_338:Thirty days are enough to look into who did what; what is kept is paid by the month. log_retention_days keeps it longer.

  name              = "/slipway/${var.environment}/exec"
  retention_in_days = var.log_retention_days
}
