mod firewalls;
mod rollouts;
mod services;
mod sites;
mod surroundings;

use ops_engine::cloud::CloudError;

use crate::account::SimulatedAccount;
use crate::answers::not_found;
use crate::operations::Operation;
use crate::state::State;

/// What people and other tools do to a cluster and what is around it behind our back. It happens at once and
/// without faults, and is not among the account's writes.
///
/// Every method fails as the AWS call would.
#[derive(Debug)]
pub struct ByHand<'a> {
    account: &'a SimulatedAccount,
    cluster: String,
}

impl<'a> ByHand<'a> {
    pub(crate) fn new(account: &'a SimulatedAccount, cluster: &str) -> Self {
        Self { account, cluster: cluster.to_owned() }
    }

    /// Makes a change to a service that has to be there, and lets it react.
    fn on_service<T>(
        &self,
        operation: Operation,
        service: &str,
        change: impl FnOnce(&mut State) -> Result<T, CloudError>,
    ) -> Result<T, CloudError> {
        self.account.change(|state| {
            state.active_service(operation, &self.cluster, service)?;
            let changed = change(state)?;
            state.settle(&self.cluster, service);
            Ok(changed)
        })
    }
}

fn found(found: bool, operation: Operation, message: &str) -> Result<(), CloudError> {
    if found { Ok(()) } else { Err(not_found(operation, message)) }
}
