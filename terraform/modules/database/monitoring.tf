locals {
  has_monitoring = var.monitoring_interval_seconds > 0

  # AWS refuses Performance Insights on the smallest burstable classes of MySQL.
  performance_insights = var.performance_insights && !can(regex("^db\\.t(2|3|4g)\\.(micro|small)$", var.instance))
}

# RDS writes the metrics of the operating system with it.
resource "aws_iam_role" "monitoring" {
  count = local.has_monitoring ? 1 : 0

  name        = "${var.name}-database-monitoring"
  description = "RDS writes the enhanced monitoring of ${var.name} with it."
  # Only RDS, and only for these instances.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = var.account
          "aws:SourceArn"     = [for identifier in concat([var.name], values(local.replica_identifiers)) : "arn:${var.partition}:rds:${var.region}:${var.account}:db:${identifier}"]
        }
      }
    }]
  })
  permissions_boundary = var.permissions_boundary_arn
}

# Exactly what RDS asks for: streams and events of the log groups whose names begin with RDS.
resource "aws_iam_role_policy_attachment" "monitoring" {
  count = local.has_monitoring ? 1 : 0

  role       = aws_iam_role.monitoring[0].name
  policy_arn = "arn:${var.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
