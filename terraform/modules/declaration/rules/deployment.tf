locals {
  deployment_strategies = ["rolling", "blue_green", "canary", "linear"]

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
  deployment_forms = {
    deployment = {
      strategy                = { options = local.deployment_strategies }
      minimum_healthy_percent = { minimum = 0, maximum = 100 }
      maximum_percent         = { minimum = 100, maximum = 400 }
      grace_seconds           = { minimum = 0, maximum = 3600 }
      timeout_seconds         = { minimum = 30, maximum = 43200 }
      circuit_breaker         = { form = "circuit_breaker", each = "one" }
      # A character in JSON is one or an escape.
      alarms        = { item = "^\"([^\"\\\\]|\\\\u....|\\\\[^u]){1,255}\"$", allowed = "the name of an alarm, of 1 to 255 characters", unique = true }
      bake_minutes  = { minimum = 0, maximum = 1440 }
      canary        = { form = "canary", each = "one" }
      linear        = { form = "linear", each = "one" }
      pauses        = { item = "", allowed = "a mapping", form = "pause", each = "list" }
      early_success = { form = "early_success", each = "one" }
    }
    circuit_breaker = {
      failed_tasks          = { minimum = 1, maximum = 10000 }
      failed_percent        = { minimum = 1, maximum = 100 }
      reset_on_healthy_task = local.boolean
    }
    canary = {
      percent      = { minimum = 1, maximum = 99 }
      bake_minutes = { minimum = 0, maximum = 1440 }
    }
    linear = {
      step_percent = { minimum = 3, maximum = 100 }
      bake_minutes = { minimum = 0, maximum = 1440 }
    }
    pause = {
      # While traffic moves, AWS lets only functions run.
      at              = { options = ["pre_scale_up", "post_scale_up", "post_test_traffic_shift", "pre_production_traffic_shift", "post_production_traffic_shift"], required = true }
      timeout_minutes = { minimum = 1, maximum = 20160 }
      on_timeout      = { options = ["rollback", "continue"] }
    }
    early_success = {
      healthy_percent = { minimum = 1, maximum = 100, required = true }
      cleanup         = { options = ["blocking", "deferred"] }
    }
  }

  deployments = { for name, service in local.service_mappings : name => try(merge(service.deployment, {}), {}) }
  # What is no text is no strategy, which is said already.
  strategies = { for name, deployment in local.deployments : name => try(tostring(coalesce(deployment.strategy)), "rolling") }

  rollout_settings = {
    for name, service in local.service_mappings : name => {
      count   = jsonencode(try(coalesce(service.scaling.minimum), coalesce(service.count), 1))
      minimum = jsonencode(try(coalesce(service.deployment.minimum_healthy_percent), 100))
      maximum = jsonencode(try(coalesce(service.deployment.maximum_percent), 200))
    } if local.strategies[name] == "rolling"
  }

  # Of services whose numbers are numbers.
  rollouts = {
    for name, rollout in local.rollout_settings : name => {
      count   = tonumber(rollout.count)
      minimum = tonumber(rollout.minimum)
      maximum = tonumber(rollout.maximum)
      kept    = ceil(tonumber(rollout.count) * tonumber(rollout.minimum) / 100)
      allowed = floor(tonumber(rollout.count) * tonumber(rollout.maximum) / 100)
    } if alltrue([for number in values(rollout) : can(regex("^[0-9]+$", number))])
  }

  # Keys that go with some of the strategies alone.
  keys_of_strategies = {
    bake_minutes  = ["blue_green", "canary", "linear"]
    pauses        = ["blue_green", "canary", "linear"]
    canary        = ["canary"]
    linear        = ["linear"]
    early_success = ["rolling"]
  }

  pause_stages = { for name, deployment in local.deployments : name => try([for pause in deployment.pauses : try(tostring(coalesce(pause.at)), "")], []) }

  deployment_relations = concat(
    [
      for name, rollout in local.rollouts :
      "services.${name}.deployment: a rollout can never move: with count ${rollout.count} at least ${rollout.kept} have to run, and at most ${rollout.allowed} may (ECS rounds the first up and the second down)"
      if rollout.minimum >= rollout.maximum || (rollout.count > 0 && rollout.kept >= rollout.allowed)
    ],
    flatten([
      for name, deployment in local.deployments : [
        for key, strategies in local.keys_of_strategies : "services.${name}.deployment.${key}: only with strategy ${join(" or ", strategies)} (got ${local.strategies[name]})"
        if try(deployment[key] != null, false) && contains(local.deployment_strategies, local.strategies[name]) && !contains(strategies, local.strategies[name])
      ]
    ]),
    # Blue/green deployments may be of tasks alone:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/canary-deployment-implementation.html
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-implementation.html
    [
      for name, strategy in local.strategies :
      "services.${name}.deployment.strategy: ${strategy} needs public or connect, for something has to hand the traffic out"
      if contains(["canary", "linear"], strategy) && !contains(keys(local.public_services), name) && !contains(keys(local.connects), name)
    ],
    [
      for name, rollout in local.rollouts :
      "services.${name}.deployment.early_success.healthy_percent: must be at least minimum_healthy_percent, ${rollout.minimum} (got ${local.deployments[name].early_success.healthy_percent})"
      if try(tonumber(local.deployments[name].early_success.healthy_percent) < rollout.minimum, false)
    ],
    [
      for name, deployment in local.deployments : "services.${name}.deployment.circuit_breaker: takes failed_tasks or failed_percent, not both"
      if try(deployment.circuit_breaker.failed_tasks != null && deployment.circuit_breaker.failed_percent != null, false)
    ],
    flatten([
      for name, stages in local.pause_stages : [
        for index, stage in stages : "services.${name}.deployment.pauses[${index}].at: ${stage} has a pause already" if stage != "" && contains(slice(stages, 0, index), stage)
      ]
    ]),
  )
}
