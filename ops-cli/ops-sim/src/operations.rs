use std::fmt;

/// An AWS operation that the account answers. One call of a cloud trait is one call of one operation;
/// the pages and batches of the real adapter are not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    ListServices,
    DescribeServices,
    DescribeTaskDefinition,
    RegisterTaskDefinition,
    CreateService,
    UpdateService,
    TagResource,
    DeleteService,
    ListServiceDeployments,
    DescribeServiceDeployments,
    ContinueServiceDeployment,
    ListTasks,
    DescribeTasks,
    RunTask,
    StopTask,
    ExecuteCommand,
    DescribeTargetHealth,
    DescribeTargetGroups,
    DescribeRules,
    CreateRule,
    ModifyRule,
    DeleteRule,
    DescribeSecurityGroupRules,
    AuthorizeSecurityGroupIngress,
    AuthorizeSecurityGroupEgress,
    ModifySecurityGroupRules,
    RevokeSecurityGroupIngress,
    RevokeSecurityGroupEgress,
    DescribeScalableTargets,
    RegisterScalableTarget,
    PutScalingPolicy,
    PutScheduledAction,
    DeleteScalingPolicy,
    DeleteScheduledAction,
    DeregisterScalableTarget,
    ListSchedules,
    CreateSchedule,
    UpdateSchedule,
    DeleteSchedule,
    DescribeSecret,
    GetParameter,
    GetSecretValue,
    DescribeLogGroups,
    FilterLogEvents,
    GetLogEvents,
    BatchGetImage,
    GetRole,
    SimulatePrincipalPolicy,
    DescribeAlarms,
    GetServiceQuota,
    GetObject,
    PutObject,
    DeleteObject,
    ListObjectsV2,
    HeadObject,
    CopyObject,
    DeleteObjects,
    GetPublicAccessBlock,
    PutPublicAccessBlock,
    GetDistribution,
    CreateInvalidation,
    GetInvalidation,
    GetCallerIdentity,
}

impl Operation {
    fn service(self) -> &'static str {
        match self {
            Self::ListServices
            | Self::DescribeServices
            | Self::DescribeTaskDefinition
            | Self::RegisterTaskDefinition
            | Self::CreateService
            | Self::UpdateService
            | Self::TagResource
            | Self::DeleteService
            | Self::ListServiceDeployments
            | Self::DescribeServiceDeployments
            | Self::ContinueServiceDeployment
            | Self::ListTasks
            | Self::DescribeTasks
            | Self::RunTask
            | Self::StopTask
            | Self::ExecuteCommand => "ecs",
            Self::DescribeTargetHealth
            | Self::DescribeTargetGroups
            | Self::DescribeRules
            | Self::CreateRule
            | Self::ModifyRule
            | Self::DeleteRule => "elasticloadbalancing",
            Self::DescribeSecurityGroupRules
            | Self::AuthorizeSecurityGroupIngress
            | Self::AuthorizeSecurityGroupEgress
            | Self::ModifySecurityGroupRules
            | Self::RevokeSecurityGroupIngress
            | Self::RevokeSecurityGroupEgress => "ec2",
            Self::DescribeScalableTargets
            | Self::RegisterScalableTarget
            | Self::PutScalingPolicy
            | Self::PutScheduledAction
            | Self::DeleteScalingPolicy
            | Self::DeleteScheduledAction
            | Self::DeregisterScalableTarget => "application-autoscaling",
            Self::ListSchedules | Self::CreateSchedule | Self::UpdateSchedule | Self::DeleteSchedule => "scheduler",
            Self::DescribeSecret | Self::GetSecretValue => "secretsmanager",
            Self::GetParameter => "ssm",
            Self::DescribeLogGroups | Self::FilterLogEvents | Self::GetLogEvents => "logs",
            Self::BatchGetImage => "ecr",
            Self::GetRole | Self::SimulatePrincipalPolicy => "iam",
            Self::DescribeAlarms => "cloudwatch",
            Self::GetServiceQuota => "servicequotas",
            Self::GetObject
            | Self::PutObject
            | Self::DeleteObject
            | Self::ListObjectsV2
            | Self::HeadObject
            | Self::CopyObject
            | Self::DeleteObjects
            | Self::GetPublicAccessBlock
            | Self::PutPublicAccessBlock => "s3",
            Self::GetDistribution | Self::CreateInvalidation | Self::GetInvalidation => "cloudfront",
            Self::GetCallerIdentity => "sts",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{self:?}", self.service())
    }
}
