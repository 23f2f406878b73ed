# The variables and what is computed from them alone, linked: no provider to start.
variables {
  name        = "slipway-test"
  environment = "test"
  account     = "111122223333"
  region      = "ap-northeast-2"
  cidr        = "10.10.0.0/16"
  zones       = ["ap-northeast-2a", "ap-northeast-2c"]
}

run "no_two_subnets_of_the_largest_network_overlap" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    zones = [for letter in split("", "abcdefgh") : "ap-northeast-2${letter}"]
  }

  assert {
    condition = alltrue([
      for cidr in concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)) :
      cidrhost("${split("/", cidr)[0]}/16", 0) == "10.10.0.0"
    ])
    error_message = "a subnet is outside of the network"
  }

  # Two ranges overlap exactly when one begins inside the other.
  assert {
    condition = [
      for pair in setproduct(
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
      ) : pair if cidrhost("${split("/", pair[1])[0]}/${split("/", pair[0])[1]}", 0) == cidrhost(pair[0], 0) && pair[0] != pair[1]
    ] == []
    error_message = "two subnets overlap"
  }

  assert {
    condition     = length(distinct(concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)))) == 24
    error_message = "two subnets have the same range"
  }
}

run "no_two_subnets_of_the_smallest_network_overlap" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cidr  = "10.10.4.0/22"
    zones = [for letter in split("", "abcdefgh") : "ap-northeast-2${letter}"]
  }

  assert {
    condition = alltrue([
      for cidr in concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)) :
      cidrhost("${split("/", cidr)[0]}/22", 0) == "10.10.4.0"
    ])
    error_message = "a subnet is outside of the network"
  }

  assert {
    condition = [
      for pair in setproduct(
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
        concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)),
      ) : pair if cidrhost("${split("/", pair[1])[0]}/${split("/", pair[0])[1]}", 0) == cidrhost(pair[0], 0) && pair[0] != pair[1]
    ] == []
    error_message = "two subnets overlap"
  }

  assert {
    condition     = length(distinct(concat(values(local.public_cidrs), values(local.private_cidrs), values(local.data_cidrs)))) == 24
    error_message = "two subnets have the same range"
  }

  assert {
    condition     = alltrue([for cidr in values(local.public_cidrs) : endswith(cidr, "/27")])
    error_message = "AWS puts a load balancer into nothing smaller than a /27"
  }
}
