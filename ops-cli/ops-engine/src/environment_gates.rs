//! Gates that an environment declares for itself, asked of the clock, of CloudWatch and of the records.

mod soak;

use std::collections::BTreeMap;

use ops_model::declaration::Declaration;
use ops_model::observation::Observation;
use ops_model::plan::{Gate, HoldingAlarm, Plan};
use ops_model::platform::Platform;
use ops_plan::environment_gates::{brought, by_the_clock, deploys};

use crate::approve;
use crate::cloud::Cloud;
use crate::history::HistoryError;
use crate::observe::inputs;
use crate::preflight::{Verdict, alarms};
use crate::verification::fingerprint;

/// Those that hold a plan at this moment; none where nothing would be deployed. `texts`: the scenarios' files.
///
/// # Errors
/// The records cannot be read.
pub async fn holding(
    cloud: &Cloud,
    declaration: &Declaration,
    texts: &BTreeMap<String, String>,
    platform: &Platform,
    observation: &Observation,
    plan: &Plan,
) -> Result<Vec<Gate>, HistoryError> {
    let environment = &declaration.environment;
    if !deploys(plan) {
        return Ok(Vec::new());
    }
    let mut gates = by_the_clock(environment, observation.now);
    gates.extend(alarming(cloud, declaration).await);
    let builds = brought(inputs(declaration, platform, observation), plan);
    if let (Some(promotion), false) = (&environment.gates.promotion, builds.is_empty()) {
        let (objects, bucket) = (cloud.objects.as_ref(), environment.ops_bucket.as_str());
        for (artifact, build) in builds {
            gates.extend(soak::unsoaked(objects, bucket, promotion, artifact, build, observation.now).await?);
        }
        let fingerprint = fingerprint(declaration, texts);
        gates.extend(approve::missing(objects, bucket, promotion.approvals, fingerprint).await?);
    }
    Ok(gates)
}

/// An alarm that is not there, or that nobody may look at, holds as one that goes off does.
async fn alarming(cloud: &Cloud, declaration: &Declaration) -> Option<Gate> {
    let names: Vec<_> = declaration.environment.gates.alarms.iter().cloned().collect();
    let judged = alarms::judged(cloud, &names).await;
    let holding = judged.into_iter().filter_map(|(name, verdict)| match verdict {
        Verdict::Ok => None,
        Verdict::Failed { why } => Some(HoldingAlarm { name, why }),
        Verdict::Skipped { why } => Some(HoldingAlarm { name, why: format!("it cannot be read: {why}") }),
    });
    let alarms: Vec<_> = holding.collect();
    (!alarms.is_empty()).then_some(Gate::Alarms { alarms })
}
