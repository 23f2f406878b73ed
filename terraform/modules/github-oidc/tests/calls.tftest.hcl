# What Terraform and ops really call (tests/calls.txt) and what the roles may do have to be the same: neither a refusal in the
# middle of an apply, nor a right that nobody needs.
mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                     = "slipway-test"
  environment              = "test"
  account                  = "111122223333"
  region                   = "ap-northeast-2"
  provider_arn             = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
  state_bucket             = "slipway-state-111122223333"
  state_key_prefix         = "environments/test/"
  ops_bucket               = "slipway-test-ops-111122223333"
  domain                   = { name = "test.slipway.example", zone = "create" }
  subjects = {
    plan   = ["repo:organization/slipway:pull_request"]
    apply  = ["repo:organization/slipway:environment:test"]
    deploy = ["repo:organization/slipway:environment:test"]
  }
}

run "what_is_called_is_allowed_and_what_is_allowed_is_called" {
  command = plan

  assert {
    condition = alltrue([
      for line in compact(split("\n", file("tests/calls.txt"))) :
      startswith(line, "#") || (can(regex("^[a-z]+ [a-z0-9-]+:[A-Za-z0-9]+$", line)) && contains(keys(local.policies_of_role), split(" ", line)[0]))
    ])
    error_message = "each line of calls.txt is a role and an action"
  }

  assert {
    condition = length(flatten([
      for role, policies in local.policies_of_role : [
        for action in setsubtract(
          [for call in regexall("(?m)^${role} (.*)$", file("tests/calls.txt")) : call[0]],
          flatten([for policy in policies : [for statement in local.policies[policy] : statement.Action if statement.Effect == "Allow"]]),
          ) : "${role} ${action}" if !anytrue([
            for pattern in flatten([for policy in policies : [for statement in local.policies[policy] : [for action in statement.Action : action if endswith(action, "*") && action != "*"]]]) :
            startswith(action, trimsuffix(pattern, "*"))
        ])
      ]
    ])) == 0
    error_message = join(" ", concat(["called and not allowed:"], flatten([
      for role, policies in local.policies_of_role : [
        for action in setsubtract(
          [for call in regexall("(?m)^${role} (.*)$", file("tests/calls.txt")) : call[0]],
          flatten([for policy in policies : [for statement in local.policies[policy] : statement.Action if statement.Effect == "Allow"]]),
          ) : "${role} ${action}" if !anytrue([
            for pattern in flatten([for policy in policies : [for statement in local.policies[policy] : [for action in statement.Action : action if endswith(action, "*") && action != "*"]]]) :
            startswith(action, trimsuffix(pattern, "*"))
        ])
      ]
    ])))
  }

  # What only an apply reads is among what a plan may read: both have the same policies for reading.
  assert {
    condition = length(flatten([
      for role, policies in { "(plan|apply)" = setsubtract(keys(local.policies), local.policies_of_role.deploy), deploy = local.policies_of_role.deploy } : [
        for action in setsubtract(
          flatten([for policy in policies : [for statement in local.policies[policy] : statement.Action if statement.Effect == "Allow"]]),
          [for call in regexall("(?m)^${role} (.*)$", file("tests/calls.txt")) : reverse(call)[0]],
        ) : action if !can(regex("(?m)^${role} ${replace(action, "*", ".+")}$", file("tests/calls.txt")))
      ]
    ])) == 0
    error_message = join(" ", concat(["allowed and not called:"], flatten([
      for role, policies in { "(plan|apply)" = setsubtract(keys(local.policies), local.policies_of_role.deploy), deploy = local.policies_of_role.deploy } : [
        for action in setsubtract(
          flatten([for policy in policies : [for statement in local.policies[policy] : statement.Action if statement.Effect == "Allow"]]),
          [for call in regexall("(?m)^${role} (.*)$", file("tests/calls.txt")) : reverse(call)[0]],
        ) : action if !can(regex("(?m)^${role} ${replace(action, "*", ".+")}$", file("tests/calls.txt")))
      ]
    ])))
  }
}
