//! Success is seen, not assumed.

use std::time::Duration;

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Change, Plan};
use ops_model::platform::Platform;
use ops_plan::restrict;
use tokio_util::sync::CancellationToken;

use super::{ReconcileRequest, look};
use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::error_chain::error_chain;
use crate::pace::{Pace, Wait};

/// How long AWS may take to show what it has done.
const TIME_TO_SHOW: Duration = Duration::from_secs(30);

/// Looks at everything once more before success is claimed: what differs again was changed since.
pub(super) async fn verify(
    cloud: &Cloud,
    clock: &dyn Clock,
    request: &ReconcileRequest,
    platform: &Platform,
    outcomes: &mut [ChangeOutcome],
    cancelled: &CancellationToken,
) {
    // Reads may lag behind writes for a while.
    let mut pace = Pace::new(TIME_TO_SHOW, cancelled);
    let found = loop {
        let found = look(cloud, clock, &request.declaration, platform).await;
        let found = found.map(|(_, plan)| restrict(plan, &request.declaration.environment, &request.only));
        let verified = found.as_ref().is_ok_and(Plan::in_sync);
        if verified || pace.wait().await != Wait::Again {
            break found;
        }
    };
    match found {
        Err(error) => {
            for outcome in outcomes {
                outcome.outcome = Outcome::TimedOut;
                outcome.reason = Some(format!("done, but not seen to be so: {}", error_chain(&error)));
            }
        }
        Ok(plan) => {
            for outcome in outcomes {
                let differs = |change: &&Change| change.kind() == outcome.kind && change.name == outcome.name;
                if let Some(change) = plan.changes().find(differs) {
                    (outcome.outcome, outcome.reason) = changed_since(change, cancelled.is_cancelled());
                }
            }
        }
    }
}

fn changed_since(change: &Change, interrupted: bool) -> (Outcome, Option<String>) {
    let paths: Vec<_> = change.differences.iter().map(|difference| difference.path.as_str()).collect();
    let what = if paths.is_empty() { change.name.clone() } else { paths.join(", ") };
    if interrupted {
        (Outcome::Interrupted, Some(format!("interrupted before it was seen to be as declared: {what}")))
    } else {
        (Outcome::Superseded, Some(format!("deployed, and changed by somebody else or by ECS since: {what}")))
    }
}
