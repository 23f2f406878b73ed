mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name        = "slipway-test"
  environment = "test"
  workload    = "api"
  account     = "111122223333"
  region      = "ap-northeast-2"
}

run "nothing_but_what_every_task_needs" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.execution.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "Registry"
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = ["*"]
        },
        {
          Sid      = "Pull"
          Effect   = "Allow"
          Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
          Resource = ["arn:aws:ecr:*:*:repository/*"]
        },
        {
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:ap-northeast-2:111122223333:log-group:/slipway/test/api:*"]
        },
      ]
    }
    error_message = aws_iam_role_policy.execution.policy
  }

  assert {
    condition     = length(aws_iam_role_policy.task) == 0
    error_message = "a task may do nothing that nobody asked for"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/slipway/test/api" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "logs are kept for 30 days"
  }

  assert {
    condition = alltrue([
      for policy in [aws_iam_role.task.assume_role_policy, aws_iam_role.execution.assume_role_policy] : jsondecode(policy) == {
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = { Service = "ecs-tasks.amazonaws.com" }
          Condition = {
            StringEquals = { "aws:SourceAccount" = "111122223333" }
            ArnLike      = { "aws:SourceArn" = "arn:aws:ecs:ap-northeast-2:111122223333:*" }
          }
        }]
      }
    ])
    error_message = aws_iam_role.task.assume_role_policy
  }
}

run "what_is_named_and_nothing_else" {
  command = plan

  variables {
    repository_arns          = ["arn:aws:ecr:ap-northeast-2:111122223333:repository/slipway/app"]
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
    secrets                  = ["ssm:/slipway/test/database-url", "secretsmanager:slipway/test/signing-key"]
    task_statements = [
      {
        Sid      = "Send"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
        Resource = ["arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-jobs.fifo"]
      },
      {
        Effect    = "Allow"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::slipway-test-attachments/*"
        Condition = { Bool = { "aws:SecureTransport" = "true" } }
      },
    ]
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.task[0].policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "Send"
          Effect   = "Allow"
          Action   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
          Resource = ["arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-jobs.fifo"]
        },
        {
          Effect    = "Allow"
          Action    = "s3:PutObject"
          Resource  = "arn:aws:s3:::slipway-test-attachments/*"
          Condition = { Bool = { "aws:SecureTransport" = "true" } }
        },
      ]
    }
    error_message = aws_iam_role_policy.task[0].policy
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.execution.policy).Statement : statement.Sid => [statement.Effect, statement.Action, statement.Resource] if contains(["Parameters", "Secrets"], statement.Sid)
      } == {
      Parameters = ["Allow", ["ssm:GetParameters"], ["arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/test/database-url"]]
      Secrets    = ["Allow", ["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:slipway/test/signing-key-??????"]]
    }
    error_message = aws_iam_role_policy.execution.policy
  }

  assert {
    condition     = alltrue([for role in [aws_iam_role.execution, aws_iam_role.task] : role.permissions_boundary == "arn:aws:iam::111122223333:policy/slipway-test-boundary"])
    error_message = "a role is not bounded"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.execution.policy).Statement[1].Resource == ["arn:aws:ecr:ap-northeast-2:111122223333:repository/slipway/app"]
    error_message = aws_iam_role_policy.execution.policy
  }
}

run "refuses_policies_that_no_role_can_have" {
  command = plan

  variables {
    secrets = [for number in range(200) : "ssm:/slipway/test/secret-${number}"]
    task_statements = [
      for number in range(100) : { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:queue-${number}" }
    ]
  }

  expect_failures = [aws_iam_role_policy.execution, aws_iam_role_policy.task]
}

run "a_shell_in_a_container_takes_a_channel_and_is_logged" {
  command = plan

  variables {
    exec_log_group = "/slipway/test/exec"
  }

  assert {
    condition = { for statement in jsondecode(one(aws_iam_role_policy.task).policy).Statement : statement.Sid => statement.Resource } == {
      Exec    = ["*"]
      ExecLog = ["arn:aws:logs:ap-northeast-2:111122223333:log-group:/slipway/test/exec:*"]
    }
    error_message = one(aws_iam_role_policy.task).policy
  }

  # Of these alone AWS knows no resources.
  assert {
    condition = flatten([for statement in jsondecode(one(aws_iam_role_policy.task).policy).Statement : statement.Action if contains(statement.Resource, "*")]) == [
      "logs:DescribeLogGroups", "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
    ]
    error_message = one(aws_iam_role_policy.task).policy
  }
}
