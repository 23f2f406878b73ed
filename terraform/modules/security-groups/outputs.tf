output "ids" {
  description = "Id of each group by its name. Known only when all rules exist, so that nothing starts behind a closed door."
  value       = local.ids
  depends_on = [
    aws_vpc_security_group_ingress_rule.group,
    aws_vpc_security_group_ingress_rule.range,
    aws_vpc_security_group_egress_rule.group,
    aws_vpc_security_group_egress_rule.anywhere,
  ]
}
