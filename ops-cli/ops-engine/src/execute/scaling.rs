//! Scaling of one service: what is too much goes first, so that two policies never pull at the same service.

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Change, Kind, ScalingAct};

use super::{Execution, verdict};
use crate::cloud::CloudError;

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &ScalingAct,
) -> Result<ChangeOutcome, CloudError> {
    let Execution { cloud, cluster, .. } = execution;
    let (scaling, service) = (&cloud.scaling, &change.name);
    match act {
        ScalingAct::Put { put, remove_policies, remove_scheduled_actions } => {
            for policy in remove_policies {
                scaling.delete_policy(cluster, service, policy).await?;
            }
            for action in remove_scheduled_actions {
                scaling.delete_scheduled_action(cluster, service, action).await?;
            }
            // A policy needs the target to be there.
            if !put.target.is_empty() {
                scaling.put_target(cluster, service, &put.target).await?;
            }
            for (name, policy) in &put.policies {
                scaling.put_policy(cluster, service, name, policy).await?;
            }
            for (name, action) in &put.scheduled_actions {
                scaling.put_scheduled_action(cluster, service, name, action).await?;
            }
        }
        ScalingAct::Remove => scaling.remove_target(cluster, service).await?,
    }
    Ok(verdict(Kind::Scaling, service, Outcome::Succeeded, None))
}
