locals {
  # Without the exceptions whose last day, in UTC, is over: the next plan takes such a rule away, and none makes it again.
  rules_of = {
    for group, settings in var.groups : group => [
      for rule in settings.ingress : merge(rule, {
        group   = group
        to_port = coalesce(rule.to_port, rule.port)
        ports   = rule.to_port == null ? "port ${rule.port}" : "ports ${rule.port} to ${rule.to_port}"
      }) if tonumber(formatdate("YYYYMMDD", plantimestamp())) <= tonumber(replace(coalesce(rule.until, "9999-12-31"), "-", ""))
    ]
  }

  rules = { for rule in flatten(values(local.rules_of)) : "${rule.group} from ${rule.from} ${rule.ports}" => rule }

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
  to_port                      = each.value.to_port
  description                  = coalesce(each.value.reason, each.key)

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_ingress_rule" "range" {
  for_each = { for key, rule in local.from_ranges : key => rule if contains(keys(local.discrete), rule.group) }

  security_group_id = aws_security_group.this[each.value.group].id
  cidr_ipv4         = startswith(each.value.from, "pl-") ? null : each.value.from == "internet" ? "0.0.0.0/0" : each.value.from
  prefix_list_id    = startswith(each.value.from, "pl-") ? each.value.from : null
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.to_port
  description       = coalesce(each.value.reason, each.key)

  tags = { Name = each.key }
}

resource "aws_vpc_security_group_egress_rule" "group" {
  for_each = local.egress_to_groups

  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = local.ids[each.value.group]
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.to_port
  description                  = "to ${each.value.group} ${each.value.ports}"

  tags = { Name = "${each.value.from} to ${each.value.group} ${each.value.ports}" }
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
