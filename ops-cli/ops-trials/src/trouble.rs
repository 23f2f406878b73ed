//! Calls that go wrong.

use std::time::Duration;

use ops_engine::cloud::CloudErrorKind;
use ops_sim::{Operation, SimulatedAccount};
use proptest::prelude::{Strategy, prop_oneof};
use proptest::sample::select;

/// One trouble with AWS.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// The next calls change nothing.
    Fails(Operation, CloudErrorKind, u32),
    /// The next calls do what they should, and nobody hears of it.
    LosesAnswer(Operation, u32),
    /// Changes show late in lists and descriptions of services.
    ShowsLate(Duration),
}

/// Every sort of call that a reconcile makes.
const OPERATIONS: [Operation; 47] = [
    Operation::ListServices,
    Operation::DescribeServices,
    Operation::DescribeTaskDefinition,
    Operation::RegisterTaskDefinition,
    Operation::CreateService,
    Operation::UpdateService,
    Operation::TagResource,
    Operation::DeleteService,
    Operation::ListServiceDeployments,
    Operation::DescribeServiceDeployments,
    Operation::ListTasks,
    Operation::DescribeTasks,
    Operation::RunTask,
    Operation::DescribeTargetHealth,
    Operation::DescribeRules,
    Operation::CreateRule,
    Operation::ModifyRule,
    Operation::DeleteRule,
    Operation::DescribeSecurityGroupRules,
    Operation::AuthorizeSecurityGroupIngress,
    Operation::AuthorizeSecurityGroupEgress,
    Operation::ModifySecurityGroupRules,
    Operation::RevokeSecurityGroupIngress,
    Operation::RevokeSecurityGroupEgress,
    Operation::DescribeScalableTargets,
    Operation::RegisterScalableTarget,
    Operation::PutScalingPolicy,
    Operation::DeleteScalingPolicy,
    Operation::DeregisterScalableTarget,
    Operation::ListSchedules,
    Operation::CreateSchedule,
    Operation::UpdateSchedule,
    Operation::DeleteSchedule,
    Operation::DescribeSecret,
    Operation::GetParameter,
    Operation::GetSecretValue,
    Operation::GetLogEvents,
    Operation::GetObject,
    Operation::PutObject,
    Operation::ListObjectsV2,
    Operation::HeadObject,
    Operation::CopyObject,
    Operation::DeleteObjects,
    Operation::PutPublicAccessBlock,
    Operation::GetDistribution,
    Operation::CreateInvalidation,
    Operation::GetInvalidation,
];

pub(crate) fn trouble() -> impl Strategy<Value = Trouble> {
    let kinds = vec![
        CloudErrorKind::Throttled,
        CloudErrorKind::Unreachable { endpoint: None },
        CloudErrorKind::AccessDenied,
        CloudErrorKind::Unexpected,
    ];
    let operation = || select(OPERATIONS.to_vec());
    prop_oneof![
        3 => (operation(), select(kinds), 1_u32..4).prop_map(|(operation, kind, times)| Trouble::Fails(operation, kind, times)),
        2 => (operation(), 1_u32..3).prop_map(|(operation, times)| Trouble::LosesAnswer(operation, times)),
        1 => (1_u64..15).prop_map(|seconds| Trouble::ShowsLate(Duration::from_secs(seconds))),
    ]
}

impl Trouble {
    pub(crate) fn begin(&self, account: &SimulatedAccount) {
        let faults = account.faults();
        match self {
            Self::Fails(operation, kind, times) => faults.fail(*operation, kind.clone(), *times),
            Self::LosesAnswer(operation, times) => faults.lose_answer(*operation, *times),
            Self::ShowsLate(delay) => faults.delay_visibility(*delay),
        }
    }

    /// Ends all of it.
    pub(crate) fn end(account: &SimulatedAccount) {
        account.faults().clear();
        account.faults().delay_visibility(Duration::ZERO);
    }
}
