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
    ListTasks,
    DescribeTargetHealth,
    GetObject,
    PutObject,
    DeleteObject,
    ListObjectsV2,
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
            | Self::ListTasks => "ecs",
            Self::DescribeTargetHealth => "elasticloadbalancing",
            Self::GetObject | Self::PutObject | Self::DeleteObject | Self::ListObjectsV2 => "s3",
            Self::GetCallerIdentity => "sts",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{self:?}", self.service())
    }
}
