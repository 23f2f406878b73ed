mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name        = "slipway-test"
  environment = "test"
  account     = "111122223333"
  region      = "ap-northeast-2"
}

run "the_environment_and_nothing_else" {
  command = plan

  assert {
    condition     = aws_iam_policy.this.name == "slipway-test-boundary" && output.arn == "arn:aws:iam::111122223333:policy/slipway-test-boundary"
    error_message = "the modules of the environment put the ARN together from the name (got ${output.arn})"
  }

  assert {
    condition = { for statement in jsondecode(aws_iam_policy.this.policy).Statement : statement.Sid => statement.Resource } == {
      Log              = ["arn:aws:logs:ap-northeast-2:111122223333:log-group:/slipway/test/*"]
      DatabaseMetrics  = ["arn:aws:logs:ap-northeast-2:111122223333:log-group:RDS*"]
      Pull             = ["arn:aws:ecr:*:*:repository/*"]
      ParametersByPath = ["arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/test/*"]
      OfNoOtherEnvironment = [
        "arn:aws:elasticfilesystem:ap-northeast-2:111122223333:file-system/*",
        "arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:*",
        "arn:aws:ssm:ap-northeast-2:111122223333:parameter/*",
      ]
      Queues       = ["arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-*"]
      Buckets      = ["arn:aws:s3:::slipway-test-site-*", "arn:aws:s3:::slipway-test-uploads-*"]
      Objects      = ["arn:aws:s3:::slipway-test-site-*/*", "arn:aws:s3:::slipway-test-uploads-*/*"]
      ShiftTraffic = ["arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener-rule/app/slipway-test/*"]
      Targets      = ["arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/*"]
      RunTasks     = ["arn:aws:ecs:ap-northeast-2:111122223333:task-definition/*:*"]
      TagTasks     = ["arn:aws:ecs:ap-northeast-2:111122223333:task/slipway-test/*"]
      PassRoles    = ["arn:aws:iam::111122223333:role/slipway-test-*"]
      Unrestricted = ["*"]
    }
    error_message = aws_iam_policy.this.policy
  }

  # No way to become somebody else but by a task of the environment, nor a key.
  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_policy.this.policy).Statement : [for action in statement.Action : split(":", action)[0]]
      ])) == toset([
      "cloudwatch", "ecr", "ecs", "elasticfilesystem", "elasticloadbalancing", "iam", "logs", "s3", "secretsmanager", "sqs", "ssm", "ssmmessages", "xray",
    ])
    error_message = aws_iam_policy.this.policy
  }

  assert {
    condition = flatten([
      for statement in jsondecode(aws_iam_policy.this.policy).Statement : [for action in statement.Action : action if startswith(action, "iam:") || startswith(action, "ecs:")]
    ]) == ["ecs:RunTask", "ecs:TagResource", "iam:PassRole"]
    error_message = aws_iam_policy.this.policy
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_policy.this.policy).Statement :
      statement.Effect == "Allow" && !can(statement.NotAction) && !can(statement.NotResource) && !strcontains(join(" ", statement.Action), "*") &&
      (!contains(statement.Resource, "*") || length(setsubtract(statement.Action, keys(local.unrestricted_actions))) == 0)
    ])
    error_message = "no action is a pattern, and what is allowed on any resource stands in unrestricted.tf"
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this.policy).Statement : statement.Sid => statement.Condition if can(statement.Condition)
      } == {
      OfNoOtherEnvironment = { StringEqualsIfExists = { "aws:ResourceTag/slipway:environment" = "test" } }
      Buckets              = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
      Objects              = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
      Targets              = { StringEquals = { "aws:ResourceTag/slipway:environment" = "test" } }
      RunTasks             = { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:ap-northeast-2:111122223333:cluster/slipway-test" } }
      TagTasks             = { StringEquals = { "ecs:CreateAction" = "RunTask" } }
      PassRoles            = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    }
    error_message = aws_iam_policy.this.policy
  }

  # Which of these actions IAM asks with the tags of what is read. Another one would let everything through.
  assert {
    condition = toset(flatten([
      for statement in jsondecode(output.policy).Statement : statement.Action if can(statement.Condition.StringEqualsIfExists)
      ])) == toset([
      "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite",
      "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters",
    ])
    error_message = output.policy
  }
}

run "what_lies_in_the_folders_of_others_is_theirs" {
  command = plan

  variables {
    other_environments = ["two", "prod"]
  }

  assert {
    condition = [for statement in jsondecode(output.policy).Statement : statement if statement.Effect == "Deny"] == [{
      Sid    = "SecretsOfOthers"
      Effect = "Deny"
      Action = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
      Resource = [
        "arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:slipway/prod/*",
        "arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/prod/*",
        "arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:slipway/two/*",
        "arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/two/*",
      ]
    }]
    error_message = output.policy
  }

  # Denied is all that may be read elsewhere.
  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(output.policy).Statement : [
        for action in statement.Action : contains(one([for denial in jsondecode(output.policy).Statement : denial.Action if denial.Effect == "Deny"]), action)
        if contains(["secretsmanager", "ssm"], split(":", action)[0])
      ] if statement.Effect == "Allow" && anytrue([for arn in statement.Resource : strcontains(arn, ":ssm:") || strcontains(arn, ":secretsmanager:")])
    ]))
    error_message = output.policy
  }
}

run "the_longest_names_fit" {
  command = plan

  variables {
    other_environments = [for number in range(8) : "environment-of-twen${number}"]

    name        = "a-name-that-is-as-long-as-it-can-ever-be"
    environment = "environment-of-twent"
    region      = "ap-southeast-2"
    partition   = "aws-us-gov"
  }

  assert {
    condition     = length(aws_iam_policy.this.policy) <= 6144
    error_message = "a managed policy takes 6144 characters (got ${length(aws_iam_policy.this.policy)})"
  }
}
