locals {
  ecs = "arn:${var.partition}:ecs:${var.region}:${var.account}"

  # Declared queues have no underscore in their names.
  dead_letter_name = "${var.name}-schedules_dead-letter"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Run"
        Effect    = "Allow"
        Action    = ["ecs:RunTask"]
        Resource  = [for task in values(var.tasks) : "${local.ecs}:task-definition/${task.family}:*"]
        Condition = { ArnEquals = { "ecs:cluster" = "${local.ecs}:cluster/${var.cluster_name}" } }
      },
      {
        # ECS asks for it when a task that it starts gets tags.
        Sid       = "Tag"
        Effect    = "Allow"
        Action    = ["ecs:TagResource"]
        Resource  = ["${local.ecs}:task/${var.cluster_name}/*"]
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      },
      {
        Sid       = "PassRoles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = flatten([for task in values(var.tasks) : [task.execution_role_arn, task.task_role_arn]])
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "DeadLetters"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.dead_letter.arn]
      },
    ]
  })

  # IAM's limit for all inline policies of a role together, not counting white space.
  longest_policy = 10240
}

# The schedules themselves are ops's: their task definition moves with the build.
resource "aws_scheduler_schedule_group" "this" {
  name = var.name

  tags = { Name = var.name }
}

# EventBridge Scheduler starts the scheduled tasks with it.
resource "aws_iam_role" "this" {
  name                 = "${var.name}-schedules"
  description          = "EventBridge Scheduler starts the scheduled tasks of ${var.name} with it."
  permissions_boundary = var.permissions_boundary_arn

  # Without the group, a schedule that anybody in the account makes could take the role.
  # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = var.account
          "aws:SourceArn"     = "arn:${var.partition}:scheduler:${var.region}:${var.account}:schedule-group/${var.name}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name   = "run-tasks"
  role   = aws_iam_role.this.name
  policy = local.policy

  lifecycle {
    precondition {
      condition     = length(local.policy) <= local.longest_policy
      error_message = "tasks make a policy of ${length(local.policy)} characters; a role's policies have at most ${local.longest_policy}."
    }
  }
}

# What could not be started, with the reason, until somebody looks.
resource "aws_sqs_queue" "dead_letter" {
  #checkov:skip=CKV2_AWS_73:Encrypted with keys of SQS (SSE-SQS). A key of our own would be one more thing to pay, to grant and to lose.

  name                      = local.dead_letter_name
  sqs_managed_sse_enabled   = true
  receive_wait_time_seconds = 20
  message_retention_seconds = 14 * 24 * 60 * 60

  # One action and one resource as text: SQS gives lists of one back as text, and the provider would wait for the list in vain.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:${var.partition}:sqs:${var.region}:${var.account}:${local.dead_letter_name}"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  tags = { Name = local.dead_letter_name }
}
