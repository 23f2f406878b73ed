mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                     = "slipway-test"
  account                  = "111122223333"
  region                   = "ap-northeast-2"
  cluster_name             = "slipway-test"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
  tasks = {
    cleanup = {
      family             = "slipway-test-cleanup"
      execution_role_arn = "arn:aws:iam::111122223333:role/slipway-test-cleanup-execution"
      task_role_arn      = "arn:aws:iam::111122223333:role/slipway-test-cleanup-task"
    }
    report = {
      family             = "legacy_Report"
      execution_role_arn = "arn:aws:iam::111122223333:role/slipway-test-report-execution"
      task_role_arn      = "arn:aws:iam::111122223333:role/slipway-test-report-task"
    }
  }
}

run "these_tasks_and_no_others" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      {
        Sid    = "Run"
        Effect = "Allow"
        Action = ["ecs:RunTask"]
        Resource = [
          "arn:aws:ecs:ap-northeast-2:111122223333:task-definition/slipway-test-cleanup:*",
          "arn:aws:ecs:ap-northeast-2:111122223333:task-definition/legacy_Report:*",
        ]
        Condition = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:ap-northeast-2:111122223333:cluster/slipway-test" } }
      },
      {
        Sid       = "Tag"
        Effect    = "Allow"
        Action    = ["ecs:TagResource"]
        Resource  = ["arn:aws:ecs:ap-northeast-2:111122223333:task/slipway-test/*"]
        Condition = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      },
      {
        Sid       = "PassRoles"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = flatten([for task in ["cleanup", "report"] : [for use in ["execution", "task"] : "arn:aws:iam::111122223333:role/slipway-test-${task}-${use}"]])
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "DeadLetters"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.dead_letter.arn]
      },
    ]
    error_message = aws_iam_role_policy.this.policy
  }

  # A schedule of another group, or of another account, does not get the role.
  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = "111122223333"
          "aws:SourceArn"     = "arn:aws:scheduler:ap-northeast-2:111122223333:schedule-group/slipway-test"
        }
      }
    }]
    error_message = aws_iam_role.this.assume_role_policy
  }

  assert {
    condition     = aws_iam_role.this.name == "slipway-test-schedules" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::111122223333:policy/slipway-test-boundary"
    error_message = "the role must be the environment's and bounded"
  }
}

run "dead_letters_are_kept_and_encrypted" {
  command = plan

  assert {
    condition = alltrue([
      aws_sqs_queue.dead_letter.sqs_managed_sse_enabled,
      aws_sqs_queue.dead_letter.message_retention_seconds == 1209600,
      aws_sqs_queue.dead_letter.fifo_queue == null,
    ])
    error_message = jsonencode(aws_sqs_queue.dead_letter)
  }

  assert {
    condition = jsondecode(aws_sqs_queue.dead_letter.policy).Statement == [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:aws:sqs:ap-northeast-2:111122223333:${aws_sqs_queue.dead_letter.name}"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = aws_sqs_queue.dead_letter.policy
  }

  # A declared queue is called `<name>-<queue>`, its dead letters `<name>-<queue>-dead-letter`, of letters, digits and hyphens.
  assert {
    condition     = strcontains(aws_sqs_queue.dead_letter.name, "_") && startswith(aws_sqs_queue.dead_letter.name, "slipway-test-")
    error_message = aws_sqs_queue.dead_letter.name
  }

  assert {
    condition = alltrue([
      output.group == aws_scheduler_schedule_group.this.name,
      output.role_arn == aws_iam_role.this.arn,
      output.dead_letter_arn == aws_sqs_queue.dead_letter.arn,
      output.dead_letter_name == aws_sqs_queue.dead_letter.name,
    ])
    error_message = "each output must be what it says"
  }
}

run "refuses_a_policy_that_no_role_can_have" {
  command = plan

  variables {
    tasks = { for number in range(60) : "task-${number}" => {
      family             = "slipway-test-task-${number}"
      execution_role_arn = "arn:aws:iam::111122223333:role/slipway-test-task-${number}-execution"
      task_role_arn      = "arn:aws:iam::111122223333:role/slipway-test-task-${number}-task"
    } }
  }

  expect_failures = [aws_iam_role_policy.this]
}
