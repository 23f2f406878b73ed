locals {
  full_name = "${var.name}-${var.workload}"

  ssm_parameter_arns = [
    for reference in var.secrets :
    "arn:${var.partition}:ssm:${var.region}:${var.account}:parameter${trimprefix(reference, "ssm:")}" if startswith(reference, "ssm:")
  ]

  # Secrets Manager appends six random characters to a secret's name.
  secrets_manager_arns = [
    for reference in var.secrets :
    "arn:${var.partition}:secretsmanager:${var.region}:${var.account}:secret:${trimprefix(reference, "secretsmanager:")}-??????" if startswith(reference, "secretsmanager:")
  ]

  # Only ECS tasks of this account and region may take the roles.
  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:ecs:${var.region}:${var.account}:*" }
      }
    }]
  })

  execution_statements = concat(
    [
      {
        Sid    = "Registry"
        Effect = "Allow"
        Action = ["ecr:GetAuthorizationToken"]
        # The action knows no resources.
        Resource = ["*"]
      },
      {
        Sid      = "Pull"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = coalesce(var.repository_arns, ["arn:${var.partition}:ecr:*:*:repository/*"])
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
      },
    ],
    [for arns in [local.ssm_parameter_arns] : {
      Sid      = "Parameters"
      Effect   = "Allow"
      Action   = ["ssm:GetParameters"]
      Resource = arns
    } if length(arns) > 0],
    [for arns in [local.secrets_manager_arns] : {
      Sid      = "Secrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = arns
    } if length(arns) > 0],
  )

  execution_policy = jsonencode({ Version = "2012-10-17", Statement = local.execution_statements })
  task_policy      = jsonencode({ Version = "2012-10-17", Statement = concat(var.task_statements, local.exec_statements) })

  # The agent beside the containers opens the channel, and writes what is typed to the cluster's log group.
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
  exec_statements = flatten([for group in var.exec_log_group[*] : [
    {
      Sid    = "Exec"
      Effect = "Allow"
      Action = [
        "logs:DescribeLogGroups",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]
      # A channel is no resource, and a list of names needs none: unrestricted.tf of the boundary says so of each.
      Resource = ["*"]
    },
    {
      Sid      = "ExecLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
      Resource = ["arn:${var.partition}:logs:${var.region}:${var.account}:log-group:${group}:*"]
    },
  ]])

  # IAM's limit for all inline policies of a role together, not counting white space.
  longest_policy = 10240
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts with keys of its own. A key of our own would be one more thing to pay, to grant and to lose.
  #checkov:skip=CKV_AWS_338:Thirty days are enough to look into a failure; what is kept is paid by the month. log_retention_days keeps it longer.

  name              = "/slipway/${var.environment}/${var.workload}"
  retention_in_days = var.log_retention_days
}

# What ECS itself may do to start a task: pull, log, fetch the secrets that the declaration names.
resource "aws_iam_role" "execution" {
  name                 = "${local.full_name}-execution"
  description          = "ECS starts tasks of ${var.workload} in ${var.environment} with it."
  assume_role_policy   = local.trust_policy
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "execution" {
  name   = "start-tasks"
  role   = aws_iam_role.execution.id
  policy = local.execution_policy

  lifecycle {
    precondition {
      condition     = length(local.execution_policy) <= local.longest_policy
      error_message = "secrets make a policy of ${length(local.execution_policy)} characters; a role's policies have at most ${local.longest_policy}."
    }
  }
}

# What the program in the container may do: what task_statements say, and where people may look into the container, what that takes.
resource "aws_iam_role" "task" {
  name                 = "${local.full_name}-task"
  description          = "Tasks of ${var.workload} in ${var.environment} run with it."
  assume_role_policy   = local.trust_policy
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "task" {
  count = length(var.task_statements) > 0 || var.exec_log_group != null ? 1 : 0

  name   = "run"
  role   = aws_iam_role.task.id
  policy = local.task_policy

  lifecycle {
    precondition {
      condition     = length(local.task_policy) <= local.longest_policy
      error_message = "task_statements make a policy of ${length(local.task_policy)} characters; a role's policies have at most ${local.longest_policy}."
    }
  }
}
