locals {
  # Beginning of the ARNs of this region and account.
  here = {
    for service in [
      "acm", "application-autoscaling", "cloudwatch", "ec2", "ecr", "ecs", "elasticloadbalancing", "logs", "rds", "scheduler", "secretsmanager",
      "servicediscovery", "sns", "sqs", "ssm",
    ] : service => "arn:${var.partition}:${service}:${var.region}:${var.account}"
  }

  # CloudFront takes certificates and log deliveries from there alone.
  us_east_1 = {
    for service in ["acm", "logs"] : service => "arn:${var.partition}:${service}:us-east-1:${var.account}"
  }

  cloudfront = "arn:${var.partition}:cloudfront::${var.account}"
  iam        = "arn:${var.partition}:iam::${var.account}"

  state_bucket = "arn:${var.partition}:s3:::${var.state_bucket}"
  ops_bucket   = "arn:${var.partition}:s3:::${var.ops_bucket}"
  buckets      = ["arn:${var.partition}:s3:::${var.name}-*", local.ops_bucket]
  site_buckets = "arn:${var.partition}:s3:::${var.name}-site-*"

  parameters      = "${local.here.ssm}:parameter/slipway/${var.environment}/*"
  secrets         = "${local.here.secretsmanager}:secret:slipway/${var.environment}/*"
  database_secret = "${local.here.secretsmanager}:secret:slipway/${var.environment}/database-??????"

  log_groups = [
    for group in ["/slipway/${var.environment}/*", "/aws/rds/instance/${var.name}/*", "/aws/rds/instance/${var.name}-*"] :
    "${local.here.logs}:log-group:${group}"
  ]

  # The environment's roles: what its modules make begins so, and so do the three of this module.
  environment_roles = "${local.iam}:role/${var.name}-*"
  own_roles         = [for role in ["plan", "apply", "deploy"] : "${local.iam}:role/${var.name}-${role}"]

  existing_of_environment = { "aws:ResourceTag/slipway:environment" = var.environment }
  made_by_terraform       = { "aws:ResourceTag/slipway:owner" = "terraform" }
  new_of_environment      = { "aws:RequestTag/slipway:environment" = var.environment }
  # A name of a bucket is nobody's until somebody takes it: what another account calls like ours is not ours.
  own_account = { "aws:ResourceAccount" = var.account }

  # What each role may do, by policy: a managed policy takes 6144 characters.
  policies = merge(
    { for topic, statements in local.read : "read-${topic}" => statements },
    { for topic, statements in local.apply : "apply-${topic}" => statements },
    {
      plan-state       = local.plan_state
      deploy           = local.deploy
      deploy-services  = local.deploy_services
      deploy-preflight = local.deploy_preflight
      deploy-sites     = local.deploy_sites
      deploy-firewall  = local.deploy_firewall
    },
  )

  policies_of_role = {
    plan   = concat([for topic in keys(local.read) : "read-${topic}"], ["plan-state"])
    apply  = concat([for topic in keys(local.read) : "read-${topic}"], [for topic in keys(local.apply) : "apply-${topic}"])
    deploy = ["deploy", "deploy-services", "deploy-preflight", "deploy-sites", "deploy-firewall"]
  }

  documents = { for name, statements in local.policies : name => jsonencode({ Version = "2012-10-17", Statement = statements }) }

  attachments = merge([
    for role, policies in local.policies_of_role : { for policy in policies : "${role} ${policy}" => { role = role, policy = policy } }
  ]...)

  descriptions = {
    plan   = "GitHub Actions plans the Terraform root of ${var.environment} with it: it changes nothing."
    apply  = "GitHub Actions applies the Terraform root of ${var.environment} with it."
    deploy = "GitHub Actions runs ops for ${var.environment} with it."
  }
}

resource "aws_iam_role" "this" {
  for_each = local.policies_of_role

  name                 = "${var.name}-${each.key}"
  description          = local.descriptions[each.key]
  max_session_duration = var.session_seconds[each.key]
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = var.provider_arn }
      # Never StringLike: a pattern admits repositories and branches that nobody thought of.
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = sort(var.subjects[each.key])
        }
      }
    }]
  })
}

resource "aws_iam_policy" "this" {
  for_each = local.documents

  name        = "${var.name}-${each.key}"
  description = "Part of what GitHub Actions may do in ${var.environment}."
  policy      = each.value

  lifecycle {
    precondition {
      condition     = length(each.value) <= 6144
      error_message = "a managed policy takes 6144 characters (got ${length(each.value)} in ${each.key})."
    }
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = local.attachments

  role       = aws_iam_role.this[each.value.role].name
  policy_arn = aws_iam_policy.this[each.value.policy].arn
}

# Anything more that somebody attached by hand shows in the next plan and goes with the next apply.
resource "aws_iam_role_policy_attachments_exclusive" "this" {
  for_each = local.policies_of_role

  role_name   = aws_iam_role.this[each.key].name
  policy_arns = [for policy in each.value : aws_iam_policy.this[policy].arn]

  depends_on = [aws_iam_role_policy_attachment.this]
}

resource "aws_iam_role_policies_exclusive" "this" {
  for_each = local.policies_of_role

  role_name    = aws_iam_role.this[each.key].name
  policy_names = []
}
