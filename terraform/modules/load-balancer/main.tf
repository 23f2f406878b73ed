locals {
  # Directly before the service's own rule, which is never asked then.
  traffic_shift_priorities = { for name, target in var.targets : name => target.priority - 1 if target.blue_green }
}

resource "aws_lb" "this" {
  #checkov:skip=CKV2_AWS_20:With HTTPS port 80 redirects; with HTTP there is nothing to redirect to. checkov cannot see through the variable.
  #checkov:skip=CKV2_AWS_28:A web ACL is paid by the rule and by the request; the declaration cannot ask for one yet.

  name                       = var.name
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.subnet_ids
  security_groups            = var.security_group_ids
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  # The provider reads a missing block as no wish, and would leave the logs on.
  access_logs {
    enabled = var.log_bucket != null
    bucket  = var.log_bucket == null ? "" : var.log_bucket
    prefix  = "load-balancer"
  }

  tags = { Name = var.name }
}
