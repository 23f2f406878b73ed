locals {
  cluster = try(merge(local.root.cluster, {}), {})

  cluster_objects = [
    { path = "cluster", json = jsonencode(try(local.root.cluster, null)), required = false, known = ["container_insights"] },
  ]

  cluster_texts = [
    {
      path     = "cluster.container_insights"
      json     = jsonencode(try(local.cluster.container_insights, null))
      required = false
      pattern  = "^\"(enabled|enhanced|disabled)\"$"
      allowed  = "enabled, enhanced or disabled"
    },
  ]
}
