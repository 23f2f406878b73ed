locals {
  # What AWS calls the traffic; null makes nothing.
  flow_log_traffic = {
    none     = null
    rejected = "REJECT"
    all      = "ALL"
  }[var.flow_logs]

  flow_log_count = local.flow_log_traffic == null ? 0 : 1
}

resource "aws_cloudwatch_log_group" "flow" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts with keys of its own. A key of our own would be one more thing to pay, to grant and to lose.
  #checkov:skip=CKV_AWS_338:Thirty days are enough to look into an incident; what is kept is paid by the month. log_retention_days keeps it longer.

  count = local.flow_log_count

  name              = "/slipway/${var.environment}/flow"
  retention_in_days = var.log_retention_days

  tags = { Name = "${var.name}-flow" }
}

resource "aws_flow_log" "this" {
  count = local.flow_log_count

  vpc_id          = aws_vpc.this.id
  traffic_type    = local.flow_log_traffic
  log_destination = aws_cloudwatch_log_group.flow[0].arn
  iam_role_arn    = aws_iam_role.flow_logs[0].arn

  tags = { Name = var.name }

  # Without its permissions the first deliveries fail.
  depends_on = [aws_iam_role_policy.flow_logs]
}

resource "aws_iam_role" "flow_logs" {
  count = local.flow_log_count

  name        = "${var.name}-flow-logs"
  description = "Flow logs of ${var.name} are delivered with it."
  # Only for flow logs of this account and region, so that nobody else's can be made to write here.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:ec2:${var.region}:${var.account}:vpc-flow-log/*" }
      }
    }]
  })
  permissions_boundary = var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "flow_logs" {
  count = local.flow_log_count

  name = "deliver-flow-logs"
  role = aws_iam_role.flow_logs[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        # CreateLogGroup is left out: a late delivery would make the group again after Terraform destroyed it.
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.flow[0].arn}:*"]
      },
      {
        # A list: names of groups. IAM knows no finer resource for it.
        Effect   = "Allow"
        Action   = ["logs:DescribeLogGroups"]
        Resource = ["*"]
      },
    ]
  })
}
