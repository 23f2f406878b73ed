use ops_plan::dora::{Dora, Spread};
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;
use crate::command::EnvironmentDora;

#[derive(Debug, Serialize)]
pub(crate) struct DoraDocument {
    schema_version: u32,
    environments: Vec<Value>,
}

/// Durations are in seconds; a figure that too little stands behind is `null`.
pub(crate) fn dora(environments: &[EnvironmentDora]) -> DoraDocument {
    let documents = environments.iter().map(|of| match &of.result {
        Ok(figures) => environment(&of.environment, figures),
        Err(error) => json!({"environment": of.environment, "error": error.chain().join(": ")}),
    });
    DoraDocument { schema_version: SCHEMA_VERSION, environments: documents.collect() }
}

fn environment(name: &str, dora: &Dora) -> Value {
    let Dora {
        period,
        succeeded,
        failed,
        without_verdict,
        a_week,
        lead_times,
        lead_times_unknown,
        failure_rate,
        restore_times,
        failing_since,
    } = dora;
    let mut lead_time = spread(lead_times);
    lead_time["unknown"] = json!(lead_times_unknown);
    json!({
        "environment": name,
        "error": null,
        "since": period.since.to_string(),
        "until": period.until.to_string(),
        "deployments": {"succeeded": succeeded, "failed": failed, "without_verdict": without_verdict},
        "deployment_frequency": {"a_week": a_week},
        "lead_time": lead_time,
        "change_failure_rate": failure_rate,
        "time_to_restore": spread(restore_times),
        "failing_since": failing_since.map(|moment| moment.to_string()),
    })
}

fn spread(of: &Spread) -> Value {
    let Spread { values, median, percentile_90 } = of;
    json!({
        "values": values,
        "median_seconds": median.map(|median| median.as_secs()),
        "percentile_90_seconds": percentile_90.map(|percentile| percentile.as_secs()),
    })
}
