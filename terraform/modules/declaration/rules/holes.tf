# What ops does about what is open beyond the firewall. Terraform only makes sure that it can be read.
locals {
  holes = try(merge(local.root.holes, {}), {})

  hole_objects = [
    { path = "holes", json = jsonencode(try(local.root.holes, null)), required = false, known = ["close"] },
  ]

  hole_texts = [
    { path = "holes.close", json = jsonencode(try(local.holes.close, null)), required = false, pattern = "^\"(at_once|with_plan|never)\"$", allowed = "at_once, with_plan or never" },
  ]
}
