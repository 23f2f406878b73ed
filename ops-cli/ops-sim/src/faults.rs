use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use ops_engine::cloud::{CloudError, CloudErrorKind};
use tokio::sync::watch;

use crate::account::SimulatedAccount;
use crate::operations::Operation;

/// What goes wrong, in the order in which it was asked for.
#[derive(Debug)]
pub(crate) struct FaultPlan {
    faults: BTreeMap<Operation, VecDeque<Fault>>,
    /// Calls that are still answered before the process is dead.
    calls_until_crash: Option<u32>,
    crashed: watch::Sender<bool>,
}

#[derive(Debug)]
struct Fault {
    /// `None`: the change happens, and its answer is lost.
    kind: Option<CloudErrorKind>,
    times: u32,
}

/// What becomes of a call that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    Answered,
    AnswerLost,
}

impl Default for FaultPlan {
    fn default() -> Self {
        Self { faults: BTreeMap::new(), calls_until_crash: None, crashed: watch::Sender::new(false) }
    }
}

impl FaultPlan {
    /// Whether the process that calls is dead; every call brings it nearer.
    pub(crate) fn check_alive(&mut self, operation: Operation) -> Result<(), CloudError> {
        match &mut self.calls_until_crash {
            None => Ok(()),
            Some(0) => {
                self.crashed.send_replace(true);
                // Nothing that the dead process would try again.
                let kind = CloudErrorKind::Refused { code: Some("ProcessCrashed".to_owned()) };
                Err(CloudError::new(operation.to_string(), kind, "the process was killed before this call"))
            }
            Some(calls) => {
                *calls -= 1;
                Ok(())
            }
        }
    }

    pub(crate) fn arrive(&mut self, operation: Operation) -> Result<Arrival, CloudError> {
        let Some(queue) = self.faults.get_mut(&operation) else { return Ok(Arrival::Answered) };
        while queue.front().is_some_and(|fault| fault.times == 0) {
            queue.pop_front();
        }
        let Some(fault) = queue.front_mut() else { return Ok(Arrival::Answered) };
        fault.times -= 1;
        match &fault.kind {
            None => Ok(Arrival::AnswerLost),
            Some(kind) => Err(CloudError::new(operation.to_string(), kind.clone(), message(kind))),
        }
    }
}

pub(crate) fn unreachable(operation: Operation) -> CloudError {
    let kind = CloudErrorKind::Unreachable { endpoint: None };
    CloudError::new(operation.to_string(), kind, "the connection was closed before an answer came")
}

fn message(kind: &CloudErrorKind) -> &'static str {
    match kind {
        CloudErrorKind::NoCredentials => "no credentials in the provider chain",
        CloudErrorKind::CredentialsRefused => "The security token included in the request is expired",
        CloudErrorKind::AccessDenied => "is not authorized to perform this operation",
        CloudErrorKind::Unreachable { .. } => "connection refused",
        CloudErrorKind::Throttled => "Rate exceeded",
        CloudErrorKind::NotFound => "not found",
        CloudErrorKind::AlreadyThere => "already exists",
        CloudErrorKind::ConditionFailed => "At least one of the pre-conditions you specified did not hold",
        CloudErrorKind::Refused { .. } => "the request was refused",
        CloudErrorKind::Unexpected => "Server error",
    }
}

/// Makes calls of the account fail. Faults of one operation happen one after the other.
#[derive(Debug)]
pub struct Faults<'a> {
    account: &'a SimulatedAccount,
}

impl<'a> Faults<'a> {
    pub(crate) fn new(account: &'a SimulatedAccount) -> Self {
        Self { account }
    }

    /// The next calls of an operation are throttled, beyond the retries of the SDK.
    pub fn throttle(&self, operation: Operation, times: u32) {
        self.fail(operation, CloudErrorKind::Throttled, times);
    }

    /// The next calls of an operation fail and change nothing.
    pub fn fail(&self, operation: Operation, kind: CloudErrorKind, times: u32) {
        self.add(operation, Fault { kind: Some(kind), times });
    }

    /// The next calls of an operation do what they should, but the caller sees
    /// [`CloudErrorKind::Unreachable`].
    pub fn lose_answer(&self, operation: Operation, times: u32) {
        self.add(operation, Fault { kind: None, times });
    }

    /// Whatever was to fail and has not yet fails no more.
    pub fn clear(&self) {
        self.account.lock().faults.faults.clear();
    }

    /// After so many more calls, every call fails until [`Self::revive`], in a way that is not worth
    /// another try. Stands for `kill -9` of the process that calls; to drop that process too, race it
    /// against [`Self::crashed`].
    pub fn crash_after(&self, calls: u32) {
        self.account.lock().faults.calls_until_crash = Some(calls);
    }

    /// A new process is started.
    pub fn revive(&self) {
        let faults = &mut self.account.lock().faults;
        faults.calls_until_crash = None;
        faults.crashed.send_replace(false);
    }

    /// Ends when a call has failed because of [`Self::crash_after`].
    pub fn crashed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut crashed = self.account.lock().faults.crashed.subscribe();
        async move {
            if crashed.wait_for(|crashed| *crashed).await.is_err() {
                // The account is gone, so nothing can crash any more.
                std::future::pending().await
            }
        }
    }

    /// From now on a change shows in `ListServices` and `DescribeServices` only so long after it was
    /// made. Zero ends it.
    ///
    /// Source: eventual consistency in
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>
    pub fn delay_visibility(&self, delay: Duration) {
        self.account.lock().delay_visibility(delay);
    }

    /// From now on a line of a log shows only so long after its moment. Zero ends it.
    pub fn delay_logs(&self, delay: Duration) {
        self.account.lock().state.logs.delay = delay;
    }

    fn add(&self, operation: Operation, fault: Fault) {
        self.account.lock().faults.faults.entry(operation).or_default().push_back(fault);
    }
}
