mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan

  # Subnets have ids of their own at the plan, because the mock names their type.
  mock_resource "aws_subnet" {}
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "../../mocks"
  override_during = plan
}

variables {
  generated_database_password = "generated-generated-generated"
  database_password           = "read-back-read-back-read-back"
}

# Everything that a declaration can say, and the least.
run "everything_declared" {
  command = plan

  module {
    source = "../declaration"
  }

  variables {
    environment = "dev"
    path        = "../declaration/tests/right.yaml"
  }
}

run "least_declared" {
  command = plan

  module {
    source = "../declaration"
  }

  variables {
    environment = "dev"
    path        = "../declaration/tests/bare.yaml"
  }
}

run "everything" {
  command = plan

  variables {
    declaration        = run.everything_declared.value
    declaration_sha256 = run.everything_declared.sha256
    applied_from       = run.everything_declared.applied_from
  }

  assert {
    condition     = alltrue([for service in values(local.contract_services) : !service.assign_public_ip])
    error_message = "with a gateway no task needs a public address"
  }

  assert {
    condition     = local.contract_services["api"].target_group_arn != null && local.contract_services["worker"].target_group_arn == null
    error_message = "public services have a target group, others none"
  }

  assert {
    condition     = local.contract_services["worker"].log_group == "/slipway/dev/worker"
    error_message = local.contract_services["worker"].log_group
  }

  assert {
    condition     = local.load_balancer.url == "https://api.dev.slipway.example" && one(aws_route53_record.load_balancer).name == "api.dev.slipway.example"
    error_message = local.load_balancer.url
  }

  # Services and tasks alike: what they may do is what the declaration says.
  assert {
    condition = {
      for workload, statements in local.task_statements : workload => join(" ", sort(distinct(flatten([for statement in statements : statement.Action]))))
      if length(statements) > 0
      } == {
      api     = "s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage"
      cleanup = "s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage"
      worker  = "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage"
    }
    error_message = jsonencode(local.task_statements)
  }

  # A file system with an access point is reached through it alone, and what knows resources names them.
  assert {
    condition = jsonencode([for statement in local.task_statements["worker"] : statement if startswith(flatten([statement.Action])[0], "elasticfilesystem:")]) == jsonencode([{
      Effect    = "Allow"
      Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      Resource  = "arn:aws:elasticfilesystem:ap-northeast-2:000000000000:file-system/fs-0123456789abcdef0"
      Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = "arn:aws:elasticfilesystem:ap-northeast-2:000000000000:access-point/fsap-0123456789abcdef0" } }
    }])
    error_message = jsonencode(local.task_statements["worker"])
  }

  # Of the services that shift traffic, the public one. The rule of ops is directly before its own.
  assert {
    condition = { for name, service in local.contract_services : name => service.traffic_shift if service.traffic_shift != null } == {
      web = {
        alternate_target_group_arn = local.contract_services["web"].target_group_arn
        role_arn                   = "arn:aws:iam::111122223333:role/slipway-test"
        listener_arn               = local.load_balancer.listener_arn
        rule_priority              = 49999
        path                       = "/*"
        host                       = null
      }
    }
    error_message = jsonencode(local.contract_services)
  }

  assert {
    condition     = alltrue([for task in ["by-hand", "cleanup", "migrate", "once"] : local.contract_workloads[task].log_group == "/slipway/dev/${task}"])
    error_message = jsonencode(local.contract_workloads)
  }

  assert {
    condition     = length(setsubtract(["service-web_alternate-unhealthy-targets", "service-web_alternate-errors", "schedules-dead-letters"], keys(module.alarms[0].alarm_names))) == 0
    error_message = "both target groups and what could not be started must be watched: ${jsonencode(keys(module.alarms[0].alarm_names))}"
  }

  assert {
    condition     = local.scheduled_tasks == toset(["cleanup", "once"]) && length(module.schedules) == 1
    error_message = "tasks with a schedule, and no others, may be started by the clock: ${jsonencode(local.scheduled_tasks)}"
  }

  assert {
    condition     = local.aliases["site-console"].name == "console.dev.slipway.example" && local.aliases["site-status"] == null
    error_message = jsonencode(local.aliases)
  }

  assert {
    condition     = local.permissions_boundary_arn == "arn:aws:iam::000000000000:policy/slipway-dev-boundary"
    error_message = local.permissions_boundary_arn
  }

  assert {
    condition     = local.contract_services["api"].target_group_arn == "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/slipway-test/0000000000000000"
    error_message = jsonencode(local.contract_services)
  }

  assert {
    condition     = length(distinct(local.contract_services["api"].subnet_ids)) == 2
    error_message = "a service needs a subnet in each zone"
  }

  assert {
    condition     = endswith(output.platform, "/platform.json")
    error_message = output.platform
  }
}

run "least" {
  command = plan

  variables {
    declaration        = run.least_declared.value
    declaration_sha256 = run.least_declared.sha256
    applied_from       = run.least_declared.applied_from
  }

  assert {
    condition     = local.load_balancer == null && output.load_balancer_url == null && output.name_servers == null && output.database_secret_id == null
    error_message = "nothing of that was declared"
  }

  assert {
    condition     = length(local.contract_workloads) == 0 && length(module.schedules) == 0 && length(output.site_urls) == 0
    error_message = "nothing of that was declared"
  }
}

run "longest_names_and_no_gateway" {
  command = plan

  variables {
    declaration = merge(run.least_declared.value, {
      environment   = "a-name-of-20-letters"
      load_balancer = { port = 8080, protocol = "http", host = null }
      services      = { api = { port = 8080, shifts_traffic = false, public = null, secrets = [], exec = true, file_systems = [] } }
      tasks         = { a-task-with-24-letters-1 = { family = null, scheduled = true, secrets = [], file_systems = [] } }
      sites = { for name in ["a-site-with-24-letters-1", "a-site-with-24-letters-2"] : name => {
        host = null, entry = "index.html", single_page = false, error_page = null, content_security_policy = null, price_class = "PriceClass_200"
      } }
    })
    declaration_sha256 = run.least_declared.sha256
    applied_from       = run.least_declared.applied_from
  }

  assert {
    condition     = alltrue([for workload in values(local.contract_workloads) : workload.assign_public_ip])
    error_message = "a task in a private subnet without gateway could not pull its image"
  }

  assert {
    condition     = startswith(local.load_balancer.url, "http://") && endswith(local.load_balancer.url, ":8080") && length(aws_route53_record.load_balancer) == 0
    error_message = local.load_balancer.url
  }

  assert {
    condition     = alltrue([for name in values(local.bucket_names) : length(name) <= 63]) && length(distinct(values(local.bucket_names))) == 3
    error_message = jsonencode(local.bucket_names)
  }
}
