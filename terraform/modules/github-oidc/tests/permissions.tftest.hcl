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

run "nothing_is_wider_than_it_must_be" {
  command = plan

  assert {
    condition = alltrue(flatten([
      for policy in values(aws_iam_policy.this) : [
        for statement in jsondecode(policy.policy).Statement : length(setsubtract(statement.Action, keys(local.unrestricted_actions))) == 0
        if statement.Effect == "Allow" && contains(statement.Resource, "*")
      ]
    ]))
    error_message = "on any resource, and not in unrestricted.tf: ${join(", ", flatten([
      for policy in values(aws_iam_policy.this) : [
        for statement in jsondecode(policy.policy).Statement : setsubtract(statement.Action, keys(local.unrestricted_actions))
        if statement.Effect == "Allow" && contains(statement.Resource, "*")
      ]
    ]))}"
  }

  assert {
    condition = length(setsubtract(keys(local.unrestricted_actions), flatten([
      for policy in values(aws_iam_policy.this) : [
        for statement in jsondecode(policy.policy).Statement : statement.Action if statement.Effect == "Allow" && contains(statement.Resource, "*")
      ]
    ]))) == 0
    error_message = "unrestricted.tf names an action that no statement allows on any resource"
  }

  assert {
    condition = toset(flatten([
      for policy in values(aws_iam_policy.this) : [
        for statement in jsondecode(policy.policy).Statement : [for action in statement.Action : action if strcontains(action, "*")] if statement.Effect == "Allow"
      ]
    ])) == toset(["ec2:Describe*", "elasticloadbalancing:Describe*", "s3:GetBucket*"])
    error_message = "a pattern of actions is for reading, and only these are"
  }

  assert {
    condition = alltrue(flatten([
      for policy in values(aws_iam_policy.this) : [
        for statement in jsondecode(policy.policy).Statement :
        toset(keys(statement)) == toset(concat(["Sid", "Effect", "Action", "Resource"], can(statement.Condition) ? ["Condition"] : []))
      ]
    ]))
    error_message = "no statement speaks of what it does not name: NotAction, NotResource"
  }

  # Another region or another account stands in no ARN, but where it has to.
  assert {
    condition = alltrue(flatten([
      for policy in values(aws_iam_policy.this) : [
        for statement in jsondecode(policy.policy).Statement : [
          for arn in statement.Resource :
          (contains(["ap-northeast-2", ""], split(":", arn)[3]) || (split(":", arn)[3] == "us-east-1" && contains(["acm", "logs"], split(":", arn)[2]))) &&
          contains(["111122223333", ""], split(":", arn)[4])
          if arn != "*" && !startswith(arn, "arn:aws:ecr:*:*:") && arn != "arn:aws:ec2:ap-northeast-2:*:prefix-list/*"
        ]
      ]
    ]))
    error_message = "the roles reach beyond their region and account"
  }

  assert {
    condition = alltrue(flatten([
      for policy in values(aws_iam_policy.this) : [
        for statement in jsondecode(policy.policy).Statement : statement.Condition.StringEquals["aws:ResourceAccount"] == "111122223333"
        if statement.Effect == "Allow" && anytrue([for action in statement.Action : startswith(action, "s3:") && action != "s3:CreateBucket"])
      ]
    ]))
    error_message = "a bucket of another account that is called like one of ours is not ours"
  }

  # A plan changes nothing.
  assert {
    condition = toset(flatten([
      for policy in local.policies_of_role.plan : [
        for statement in jsondecode(aws_iam_policy.this[policy].policy).Statement : [
          for action in statement.Action : "${statement.Sid} ${action}" if !can(regex("^[a-z0-9-]+:(Describe|Get|List)", action))
        ]
      ]
    ])) == toset(["StateLock s3:DeleteObject", "StateLock s3:PutObject"])
    error_message = "the plan role may write the lock of its state and nothing else"
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["plan-state"].policy).Statement : statement.Sid => [statement.Action, statement.Resource]
      } == {
      StateList = [["s3:ListBucket"], ["arn:aws:s3:::slipway-state-111122223333"]]
      StateLock = [["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::slipway-state-111122223333/environments/test/*.tflock"]]
      StateRead = [["s3:GetObject"], ["arn:aws:s3:::slipway-state-111122223333/environments/test/*"]]
    }
    error_message = aws_iam_policy.this["plan-state"].policy
  }

  # Whoever plans can read these values. A third one would be one too many.
  assert {
    condition = {
      for pair in flatten([
        for policy in local.policies_of_role.plan : [
          for statement in jsondecode(aws_iam_policy.this[policy].policy).Statement : [
            for action in statement.Action : { key = action, value = statement.Resource }
            if contains(["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory", "kms:Decrypt"], action)
          ]
        ]
      ]) : pair.key => pair.value
      } == {
      "secretsmanager:GetSecretValue" = ["arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:slipway/test/database-??????"]
      "ssm:GetParameter"              = ["arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/test/*"]
    }
    error_message = aws_iam_policy.this["read-data"].policy
  }

  assert {
    condition = toset(flatten([
      for policy in local.policies_of_role.plan : [
        for statement in jsondecode(aws_iam_policy.this[policy].policy).Statement : statement.Resource if contains(statement.Action, "s3:GetObject")
      ]
      ])) == toset([
      "arn:aws:s3:::slipway-state-111122223333/environments/test/*",
      "arn:aws:s3:::slipway-state-111122223333/environments/test/*.tflock",
      "arn:aws:s3:::slipway-test-ops-111122223333/platform.json",
    ])
    error_message = "a plan reads its state, its lock and the contract, and no other object"
  }

  # An apply cannot make itself stronger.
  # Each path upwards is a permission of IAM, and these are all that the role has.
  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["apply-roles"].policy).Statement : statement.Sid => [statement.Action, statement.Resource, try(statement.Condition, null)] if statement.Effect == "Allow"
      } == {
      BoundedRoles = [
        ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
        ["arn:aws:iam::111122223333:role/slipway-test-*"],
        { StringEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/slipway-test-boundary" } },
      ]
      BoundedRolesOfServices = [
        ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
        ["arn:aws:iam::111122223333:role/slipway-test-*"],
        {
          StringEquals = { "iam:PermissionsBoundary" = "arn:aws:iam::111122223333:policy/slipway-test-boundary" }
          ArnEquals    = { "iam:PolicyARN" = ["arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"] }
        },
      ]
      Roles = [
        ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"],
        ["arn:aws:iam::111122223333:role/slipway-test-*"],
        null,
      ]
      PassRoles = [
        ["iam:PassRole"],
        ["arn:aws:iam::111122223333:role/slipway-test-*"],
        { StringEquals = { "iam:PassedToService" = ["monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com"] } },
      ]
      ServiceLinkedRoles = [
        ["iam:CreateServiceLinkedRole"],
        ["arn:aws:iam::111122223333:role/aws-service-role/*"],
        { StringEquals = { "iam:AWSServiceName" = ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com"] } },
      ]
    }
    error_message = aws_iam_policy.this["apply-roles"].policy
  }

  assert {
    condition = alltrue(flatten([
      for name in local.policies_of_role.apply : [
        for statement in jsondecode(aws_iam_policy.this[name].policy).Statement : [
          for action in statement.Action : can(regex("^iam:(Get|List)", action))
          if startswith(action, "iam:") || startswith(action, "sts:") || startswith(action, "organizations:") || startswith(action, "sso")
        ] if statement.Effect == "Allow"
      ] if name != "apply-roles"
    ]))
    error_message = "a policy other than apply-roles writes to IAM or takes a role"
  }

  # The three roles begin with the environment's name too. What the statements above allow on roles is denied on them.
  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_policy.this["apply-roles"].policy).Statement : [
        for action in statement.Action : contains(one([
          for denial in jsondecode(aws_iam_policy.this["apply-roles"].policy).Statement : denial.Action if denial.Sid == "OwnRoles"
        ]), action)
      ] if statement.Effect == "Allow" && contains(statement.Resource, local.environment_roles)
    ]))
    error_message = "an action on slipway-test-* is not denied on the roles of this module"
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["apply-roles"].policy).Statement : statement.Sid => [statement.Resource, try(statement.Condition, null)] if statement.Effect == "Deny"
      } == {
      OwnRoles = [
        ["arn:aws:iam::111122223333:role/slipway-test-plan", "arn:aws:iam::111122223333:role/slipway-test-apply", "arn:aws:iam::111122223333:role/slipway-test-deploy"],
        null,
      ]
      Administration = [["*"], null]
      OtherEnvironments = [
        ["*"],
        {
          Null            = { "aws:ResourceTag/slipway:environment" = "false" }
          StringNotEquals = { "aws:ResourceTag/slipway:environment" = "test" }
        },
      ]
    }
    error_message = aws_iam_policy.this["apply-roles"].policy
  }

  # The boundary: neither taken off a role, nor rewritten, nor replaced by an older version.
  assert {
    condition = length(setsubtract(
      ["iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:SetDefaultPolicyVersion", "iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:AddClientIDToOpenIDConnectProvider"],
      one([for statement in jsondecode(aws_iam_policy.this["apply-roles"].policy).Statement : statement.Action if statement.Sid == "Administration"]),
    )) == 0
    error_message = aws_iam_policy.this["apply-roles"].policy
  }

  # An apply stays in its environment.
  # Of objects, an apply writes its state, its lock and the contract. It empties no bucket.
  assert {
    condition = toset(flatten([
      for policy in local.policies_of_role.apply : [
        for statement in jsondecode(aws_iam_policy.this[policy].policy).Statement : [for action in statement.Action : "${action} ${join(" ", statement.Resource)}" if can(regex("^s3:(Put|Delete)Object", action))]
      ]
      ])) == toset([
      "s3:DeleteObject arn:aws:s3:::slipway-state-111122223333/environments/test/*.tflock",
      "s3:DeleteObject arn:aws:s3:::slipway-test-ops-111122223333/platform.json",
      "s3:DeleteObjectVersion arn:aws:s3:::slipway-test-ops-111122223333/platform.json",
      "s3:PutObject arn:aws:s3:::slipway-state-111122223333/environments/test/*",
      "s3:PutObject arn:aws:s3:::slipway-state-111122223333/environments/test/*.tflock",
      "s3:PutObject arn:aws:s3:::slipway-test-ops-111122223333/platform.json",
      "s3:PutObjectTagging arn:aws:s3:::slipway-test-ops-111122223333/platform.json",
    ])
    error_message = aws_iam_policy.this["apply-data"].policy
  }

  # Nor does it touch the settings of the bucket that holds the states of all.
  assert {
    condition = alltrue(flatten([
      for policy in local.policies_of_role.apply : [
        for statement in jsondecode(aws_iam_policy.this[policy].policy).Statement : statement.Action == ["s3:ListBucket"] if contains(statement.Resource, local.state_bucket)
      ]
    ]))
    error_message = "the apply role may change the state bucket"
  }

  # What has no name of its own goes by its tag.
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_policy.this["apply-network"].policy).Statement :
      try(statement.Condition.StringEquals["aws:RequestTag/slipway:environment"], statement.Condition.StringEquals["aws:ResourceTag/slipway:environment"]) == "test"
      if !contains(["Rules", "PrivateNames"], statement.Sid)
    ])
    error_message = aws_iam_policy.this["apply-network"].policy
  }

  # A thing is made by one statement and put into the existing by another, or the tag of the new one would stand for both.
  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_policy.this["apply-network"].policy).Statement : [
        for action in statement.Action : !contains([for arn in statement.Resource : split("/", split(":", arn)[5])[0]], "vpc") || contains(["ec2:CreateVpc", "ec2:CreateInternetGateway", "ec2:AllocateAddress"], action)
      ] if startswith(statement.Sid, "New")
    ]))
    error_message = aws_iam_policy.this["apply-network"].policy
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["apply-edge"].policy).Statement : statement.Sid => statement.Condition if contains(["NewCertificate", "Records"], statement.Sid)
      } == {
      NewCertificate = {
        StringEquals              = { "aws:RequestTag/slipway:environment" = "test" }
        "ForAllValues:StringLike" = { "acm:DomainNames" = ["test.slipway.example", "*.test.slipway.example"] }
      }
      Records = {
        Null                      = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = "false" }
        "ForAllValues:StringLike" = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = ["test.slipway.example", "*.test.slipway.example"] }
      }
    }
    error_message = aws_iam_policy.this["apply-edge"].policy
  }

  # A deployment changes what ops owns, and hands on the roles of its tasks, of ECS and of the schedules, each to whom it is for.
  assert {
    condition = {
      for statement in flatten([for policy in local.policies_of_role.deploy : jsondecode(aws_iam_policy.this[policy].policy).Statement]) :
      statement.Sid => [statement.Resource, statement.Condition] if contains(statement.Action, "iam:PassRole")
      } == {
      PassRoles = [
        ["arn:aws:iam::111122223333:role/slipway-test-*-execution", "arn:aws:iam::111122223333:role/slipway-test-*-task"],
        { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } },
      ]
      PassDeploymentRole = [
        ["arn:aws:iam::111122223333:role/slipway-test-load-balancer"],
        { StringEquals = { "iam:PassedToService" = "ecs.amazonaws.com" } },
      ]
      PassSchedulesRole = [
        ["arn:aws:iam::111122223333:role/slipway-test-schedules"],
        { StringEquals = { "iam:PassedToService" = "scheduler.amazonaws.com" } },
      ]
    }
    error_message = aws_iam_policy.this["deploy-services"].policy
  }

  assert {
    condition = {
      for policy in local.policies_of_role.deploy : policy => join(" ", sort(distinct(flatten([
        for statement in jsondecode(aws_iam_policy.this[policy].policy).Statement : [
          for action in statement.Action : action if !can(regex("^[a-z0-9-]+:(BatchGet|Describe|Filter|Get|List|Simulate)", action))
        ]
      ]))))
      } == {
      deploy       = "s3:AbortMultipartUpload s3:DeleteObject s3:PutObject s3:PutObjectRetention"
      deploy-sites = "cloudfront:CreateInvalidation s3:AbortMultipartUpload s3:DeleteObject s3:PutBucketPublicAccessBlock s3:PutObject"
      deploy-firewall = join(" ", [
        "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
      ])
      deploy-services = join(" ", [
        "application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeleteScheduledAction", "application-autoscaling:DeregisterScalableTarget",
        "application-autoscaling:PutScalingPolicy", "application-autoscaling:PutScheduledAction", "application-autoscaling:RegisterScalableTarget",
        "cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "ecs:ContinueServiceDeployment", "ecs:CreateService", "ecs:DeleteService",
        "ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StopServiceDeployment", "ecs:StopTask", "ecs:TagResource", "ecs:UpdateService",
        "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyRule",
        "elasticloadbalancing:SetRulePriorities", "iam:CreateServiceLinkedRole", "iam:PassRole", "scheduler:CreateSchedule", "scheduler:DeleteSchedule",
        "scheduler:UpdateSchedule",
      ])
      deploy-preflight = ""
    }
    error_message = aws_iam_policy.this["deploy-services"].policy
  }

  # Before a change ops learns of a secret that it is there and which version it has, never its value: but for those of scenarios.
  assert {
    condition = {
      for pair in flatten([
        for policy in local.policies_of_role.deploy : [
          for statement in jsondecode(aws_iam_policy.this[policy].policy).Statement : [
            for action in statement.Action : { key = action, value = statement.Resource }
            if contains(["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:GetParameterHistory", "kms:Decrypt"], action)
          ] if statement.Effect == "Allow"
        ]
      ]) : pair.key => pair.value
      } == {
      "secretsmanager:GetSecretValue" = ["arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:slipway/test/scenarios/*"]
      "ssm:GetParameter"              = ["arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/test/scenarios/*"]
    }
    error_message = aws_iam_policy.this["deploy-preflight"].policy
  }

  # A lease is taken again and again, and each record is announced in the same place; a record and a bundle are written once.
  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["deploy"].policy).Statement : statement.Sid => [statement.Resource, statement.Condition]
      if length(setintersection(statement.Action, ["s3:PutObject", "s3:PutObjectRetention"])) > 0
      } == {
      LastRecord     = [["arn:aws:s3:::slipway-test-ops-111122223333/last-record.json"], { StringEquals = { "aws:ResourceAccount" = "111122223333" } }]
      Lease          = [["arn:aws:s3:::slipway-test-ops-111122223333/lease.json"], { StringEquals = { "aws:ResourceAccount" = "111122223333" } }]
      Records        = [["arn:aws:s3:::slipway-test-ops-111122223333/records/*"], { StringEquals = { "aws:ResourceAccount" = "111122223333" }, Null = { "s3:if-none-match" = "false" } }]
      RecordLocks    = [["arn:aws:s3:::slipway-test-ops-111122223333/records/*"], { StringEquals = { "aws:ResourceAccount" = "111122223333", "s3:object-lock-mode" = "COMPLIANCE" } }]
      Bundles        = [["arn:aws:s3:::slipway-test-ops-111122223333/bundles/*"], { StringEquals = { "aws:ResourceAccount" = "111122223333" }, Null = { "s3:if-none-match" = "false" } }]
      PartsOfBundles = [["arn:aws:s3:::slipway-test-ops-111122223333/bundles/*"], { StringEquals = { "aws:ResourceAccount" = "111122223333" }, Bool = { "s3:ObjectCreationOperation" = "false" } }]
    }
    error_message = aws_iam_policy.this["deploy"].policy
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["deploy-sites"].policy).Statement : statement.Sid => [statement.Resource, statement.Condition]
      } == {
      SiteBuckets   = [["arn:aws:s3:::slipway-test-site-*"], { StringEquals = { "aws:ResourceAccount" = "111122223333" } }]
      SiteContents  = [["arn:aws:s3:::slipway-test-site-*/*"], { StringEquals = { "aws:ResourceAccount" = "111122223333" } }]
      Distributions = [["arn:aws:cloudfront::111122223333:distribution/*"], { StringEquals = { "aws:ResourceTag/slipway:environment" = "test" } }]
    }
    error_message = aws_iam_policy.this["deploy-sites"].policy
  }

  # Of groups only the environment's, and of new rules only those that say whose they are.
  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["deploy-firewall"].policy).Statement : statement.Sid => [statement.Resource, try(statement.Condition, null)]
      } == {
      ObserveFirewall = [["*"], null]
      PrefixLists     = [["arn:aws:ec2:ap-northeast-2:*:prefix-list/*"], null]
      Firewall        = [["arn:aws:ec2:ap-northeast-2:111122223333:security-group/*"], { StringEquals = { "aws:ResourceTag/slipway:environment" = "test" } }]
      NewFirewallRule = [["arn:aws:ec2:ap-northeast-2:111122223333:security-group-rule/*"], { StringEquals = { "aws:RequestTag/slipway:environment" = "test" } }]
      FirewallRules   = [["arn:aws:ec2:ap-northeast-2:*:prefix-list/*", "arn:aws:ec2:ap-northeast-2:111122223333:security-group-rule/*"], null]
      TagNewFirewallRule = [
        ["arn:aws:ec2:ap-northeast-2:111122223333:security-group-rule/*"],
        {
          StringEquals = {
            "aws:RequestTag/slipway:environment" = "test"
            "ec2:CreateAction"                   = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"]
          }
        },
      ]
    }
    error_message = aws_iam_policy.this["deploy-firewall"].policy
  }

  # What is not in the cluster by its name has a condition: what it is called, whose it is, what it is for.
  assert {
    condition = {
      for statement in jsondecode(aws_iam_policy.this["deploy-services"].policy).Statement : statement.Sid => [statement.Resource, try(statement.Condition, null)]
      if contains(["RunTask", "TagNewTaskDefinition", "TagTaskDefinition", "RegisterTaskDefinition", "NewRule", "TagNewRule", "Rules", "Scaling", "ScalingAlarms", "ScalingRole", "Schedules"], statement.Sid)
      } == {
      RunTask = [["arn:aws:ecs:ap-northeast-2:111122223333:task-definition/*:*"], { ArnEquals = { "ecs:cluster" = "arn:aws:ecs:ap-northeast-2:111122223333:cluster/slipway-test" } }]
      TagNewTaskDefinition = [
        ["arn:aws:ecs:ap-northeast-2:111122223333:task-definition/*:*"],
        { StringEquals = { "aws:RequestTag/slipway:environment" = "test", "ecs:CreateAction" = "RegisterTaskDefinition" } },
      ]
      TagTaskDefinition      = [["arn:aws:ecs:ap-northeast-2:111122223333:task-definition/*:*"], { StringEquals = { "aws:ResourceTag/slipway:environment" = "test" } }]
      RegisterTaskDefinition = [["*"], { StringEquals = { "aws:RequestTag/slipway:environment" = "test" } }]
      NewRule = [
        ["arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener/app/slipway-test/*", "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener-rule/app/slipway-test/*"],
        { StringEquals = { "aws:RequestTag/slipway:environment" = "test" } },
      ]
      TagNewRule = [
        ["arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener-rule/app/slipway-test/*"],
        { StringEquals = { "aws:RequestTag/slipway:environment" = "test", "elasticloadbalancing:CreateAction" = "CreateRule" } },
      ]
      Rules = [
        ["arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:listener-rule/app/slipway-test/*"],
        { StringEquals = { "aws:ResourceTag/slipway:environment" = "test" }, StringNotEquals = { "aws:ResourceTag/slipway:owner" = "terraform" } },
      ]
      Scaling = [
        ["arn:aws:application-autoscaling:ap-northeast-2:111122223333:scalable-target/*"],
        { StringEquals = { "application-autoscaling:scalable-dimension" = "ecs:service:DesiredCount", "application-autoscaling:service-namespace" = "ecs" } },
      ]
      ScalingAlarms = [["arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:TargetTracking-service/slipway-test/*"], null]
      ScalingRole = [
        ["arn:aws:iam::111122223333:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"],
        { StringEquals = { "iam:AWSServiceName" = "ecs.application-autoscaling.amazonaws.com" } },
      ]
      Schedules = [["arn:aws:scheduler:ap-northeast-2:111122223333:schedule/slipway-test/*"], null]
    }
    error_message = aws_iam_policy.this["deploy-services"].policy
  }
}

run "a_zone_of_somebody_else_stays" {
  command = plan

  variables {
    domain = { name = "test.slipway.example", zone = "existing" }
  }

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_policy.this["apply-edge"].policy).Statement : [for action in statement.Action : action if startswith(action, "route53:")]
    ])) == toset(["route53:ChangeResourceRecordSets"])
    error_message = aws_iam_policy.this["apply-edge"].policy
  }
}
