locals {
  rules = merge([
    for group, settings in var.groups : {
      for rule in settings.ingress : "${group} from ${rule.from} port ${rule.port}" => merge(rule, { group = group })
    }
  ]...)

  discrete = { for group, settings in var.groups : group => settings if !settings.exclusive }

  from_groups = { for key, rule in local.rules : key => rule if contains(keys(var.groups), rule.from) }
  from_ranges = { for key, rule in local.rules : key => rule if !contains(keys(var.groups), rule.from) }

  egress = { for group, settings in var.groups : group => coalesce(settings.egress, settings.exclusive ? "none" : "anywhere") }

  # A group whose egress is `declared` may open exactly the connections that other groups' rules admit from it.
  egress_to_groups = { for key, rule in local.from_groups : key => rule if local.egress[rule.from] == "declared" }
  egress_anywhere  = toset([for group in keys(local.discrete) : group if local.egress[group] == "anywhere"])

  ids = merge(
    { for name, group in aws_security_group.this : name => group.id },
    { for name, group in aws_security_group.exclusive : name => group.id },
  )
}

resource "aws_security_group" "this" {
  #checkov:skip=CKV2_AWS_5:The load balancer and the ECS services take the groups; the services are made by ops, outside Terraform.

  for_each = local.discrete

  name        = "${var.name}-${replace(each.key, "_", "-")}"
  description = "${each.key} of ${var.name}. What its rules do not name is closed."
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-${replace(each.key, "_", "-")}" }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "group" {
  for_each = { for key, rule in local.from_groups : key => rule if contains(keys(local.discrete), rule.group) }

  security_group_id            = aws_security_group.this[each.value.group].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = coalesce(each.value.reason, each.key)

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_ingress_rule" "range" {
  for_each = { for key, rule in local.from_ranges : key => rule if contains(keys(local.discrete), rule.group) }

  security_group_id = aws_security_group.this[each.value.group].id
  cidr_ipv4         = each.value.from == "internet" ? "0.0.0.0/0" : each.value.from
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  description       = coalesce(each.value.reason, each.key)

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_egress_rule" "group" {
  for_each = local.egress_to_groups

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = local.ids[each.value.group]
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
  description                  = "to ${each.value.group} port ${each.value.port}"

  tags = { Name = "${each.value.from} to ${each.value.group} port ${each.value.port}" }
}

# Tasks pull images, fetch secrets and write logs over the internet or a gateway, whose addresses AWS changes.
resource "aws_vpc_security_group_egress_rule" "anywhere" {
  for_each = local.egress_anywhere

  security_group_id = aws_security_group.this[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
  description       = "to anywhere"

  tags = { Name = "${each.key} to anywhere" }
}
