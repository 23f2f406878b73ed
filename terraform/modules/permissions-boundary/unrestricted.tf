# Every action that is allowed on any resource, and why. A test holds the policy to this table.
locals {
  unrestricted_actions = {
    "cloudwatch:PutMetricData"                  = "A metric is no resource."
    "ecr:GetAuthorizationToken"                 = "The token is the account's. What it pulls is decided by the statement Pull."
    "elasticloadbalancing:DescribeListeners"    = "The service has no resources for what it describes."
    "elasticloadbalancing:DescribeRules"        = "The service has no resources for what it describes."
    "elasticloadbalancing:DescribeTargetGroups" = "The service has no resources for what it describes."
    "elasticloadbalancing:DescribeTargetHealth" = "The service has no resources for what it describes."
    "logs:DescribeLogGroups"                    = "A list: names of groups, no content."
    "ssmmessages:CreateControlChannel"          = "A channel is no resource; it leads only into the task that opens it."
    "ssmmessages:CreateDataChannel"             = "A channel is no resource; it leads only into the task that opens it."
    "ssmmessages:OpenControlChannel"            = "A channel is no resource; it leads only into the task that opens it."
    "ssmmessages:OpenDataChannel"               = "A channel is no resource; it leads only into the task that opens it."
    "xray:GetSamplingRules"                     = "Sampling rules are the account's."
    "xray:GetSamplingStatisticSummaries"        = "Sampling rules are the account's."
    "xray:GetSamplingTargets"                   = "Sampling rules are the account's."
    "xray:PutTelemetryRecords"                  = "A trace is no resource."
    "xray:PutTraceSegments"                     = "A trace is no resource."
  }
}
