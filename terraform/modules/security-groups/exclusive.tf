locals {
  # AWS keeps sources of the same ports and description together, and so does a rule here: apart, they would differ at every plan.
  exclusive_ingress = {
    for group, settings in var.groups : group => values({
      for rule in local.rules_of[group] : jsonencode([rule.ports, coalesce(rule.reason, "${group} from ${rule.from} ${rule.ports}")]) => rule...
    }) if settings.exclusive
  }
}

# The rules stand in the group itself: one that somebody adds by hand belongs to a resource of ours, so the next plan shows it and
# the apply takes it away. Of a group whose rules are resources of their own, Terraform never sees it.
resource "aws_security_group" "exclusive" {
  #checkov:skip=CKV2_AWS_5:Whoever calls the module gives the group to what it protects.

  for_each = local.exclusive_ingress

  name        = "${var.name}-${replace(each.key, "_", "-")}"
  description = "${each.key} of ${var.name}. What its rules do not name is closed."
  vpc_id      = var.vpc_id

  ingress = [
    for rules in each.value : {
      description      = coalesce(rules[0].reason, "${each.key} from ${rules[0].from} ${rules[0].ports}")
      protocol         = "tcp"
      from_port        = rules[0].port
      to_port          = rules[0].to_port
      security_groups  = [for rule in rules : aws_security_group.this[rule.from].id if contains(keys(var.groups), rule.from)]
      cidr_blocks      = [for rule in rules : rule.from == "internet" ? "0.0.0.0/0" : rule.from if !contains(keys(var.groups), rule.from) && !startswith(rule.from, "pl-")]
      ipv6_cidr_blocks = []
      prefix_list_ids  = [for rule in rules : rule.from if !contains(keys(var.groups), rule.from) && startswith(rule.from, "pl-")]
      self             = false
    }
  ]

  # Left out, Terraform would not look.
  egress = []

  tags = { Name = "${var.name}-${replace(each.key, "_", "-")}" }

  lifecycle {
    create_before_destroy = true
  }
}
