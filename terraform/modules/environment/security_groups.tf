module "security_groups" {
  source = "../security-groups"

  name   = local.name
  vpc_id = module.network.vpc_id
  groups = merge(
    {
      for name in keys(local.workloads) : name => {
        ingress = lookup(var.declaration.firewall, name, [])
        egress  = "anywhere"
      }
    },
    # The load balancer only ever speaks to targets, so what it may open is what they admit.
    {
      for name in ["load_balancer"] : name => {
        ingress = lookup(var.declaration.firewall, name, [])
        egress  = "declared"
      } if local.has_load_balancer
    },
    # A rule that nobody declared shows in the next plan, and goes with the next apply.
    {
      for name in ["database"] : name => {
        ingress   = lookup(var.declaration.firewall, name, [])
        egress    = "none"
        exclusive = true
      } if local.has_database
    },
  )
}
