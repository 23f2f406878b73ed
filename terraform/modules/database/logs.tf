locals {
  exported_logs = ["error", "slowquery"]

  log_groups = {
    for pair in setproduct(concat([var.name], values(local.replica_identifiers)), local.exported_logs) :
    "${pair[0]} ${pair[1]}" => "/aws/rds/instance/${pair[0]}/${pair[1]}"
  }
}

# RDS would make them itself, and they would keep everything for ever.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:CloudWatch Logs encrypts with keys of its own. A key of our own would be one more thing to pay, to grant and to lose.
  #checkov:skip=CKV_AWS_338:Thirty days are enough to look into a failure; what is kept is paid by the month. log_retention_days keeps it longer.

  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.log_retention_days
}
