# What `ops` looks at before it changes anything, and what it shows when something failed.
locals {
  deploy_preflight = [
    {
      Sid    = "Targets"
      Effect = "Allow"
      # See unrestricted.tf.
      Action = [
        "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ]
      Resource = ["*"]
    },
    {
      Sid      = "Logs"
      Effect   = "Allow"
      Action   = ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"]
      Resource = ["${local.here.logs}:log-group:/slipway/${var.environment}/*"]
    },
    {
      Sid      = "LogGroupList"
      Effect   = "Allow"
      Action   = ["logs:DescribeLogGroups"]
      Resource = ["*"]
    },
    {
      Sid    = "Images"
      Effect = "Allow"
      Action = ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
      # builds.yaml names the image, often in another environment's account.
      Resource = ["arn:${var.partition}:ecr:*:*:repository/*"]
    },
    {
      # Versions alone: neither action tells a value. The declaration may name a secret of any name.
      Sid       = "Secrets"
      Effect    = "Allow"
      Action    = ["secretsmanager:DescribeSecret"]
      Resource  = ["${local.here.secretsmanager}:secret:*"]
      Condition = { StringEqualsIfExists = local.existing_of_environment }
    },
    {
      # VALUES, of what scenarios send after a deployment. No service has anything there.
      Sid      = "ScenarioSecrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = ["${local.here.secretsmanager}:secret:slipway/${var.environment}/scenarios/*"]
    },
    {
      Sid      = "ScenarioParameters"
      Effect   = "Allow"
      Action   = ["ssm:GetParameter"]
      Resource = ["${local.here.ssm}:parameter/slipway/${var.environment}/scenarios/*"]
    },
    {
      Sid      = "ParameterList"
      Effect   = "Allow"
      Action   = ["ssm:DescribeParameters"]
      Resource = ["*"]
    },
    {
      # Those that deployments name may be called anything.
      Sid      = "Alarms"
      Effect   = "Allow"
      Action   = ["cloudwatch:DescribeAlarms"]
      Resource = ["${local.here.cloudwatch}:alarm:*"]
    },
    {
      # What the roles that ops hands on may do: IAM is asked and nothing is done.
      Sid      = "Roles"
      Effect   = "Allow"
      Action   = ["iam:GetRole", "iam:SimulatePrincipalPolicy"]
      Resource = concat(local.workload_roles, [local.deployment_role, local.schedules_role])
    },
    {
      Sid      = "Quotas"
      Effect   = "Allow"
      Action   = ["servicequotas:GetAWSDefaultServiceQuota", "servicequotas:GetServiceQuota"]
      Resource = ["*"]
    },
  ]
}
