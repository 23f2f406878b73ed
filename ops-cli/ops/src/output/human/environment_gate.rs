//! Gates that an environment declares for itself, and who passes them.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use ops_engine::approve::Approval;
use ops_model::declaration::Digest;
use ops_model::plan::{Gate, GateOverride, HoldingAlarm, MissingSoak, OverridableGate};
use ops_model::record::Record;
use owo_colors::OwoColorize as _;

use super::words::counted;

/// Why it holds, when it opens by itself, and how to pass it; nothing for a gate of another sort.
pub(super) fn text(gate: &Gate, environment: &str) -> String {
    let Some(word) = OverridableGate::of(gate) else { return String::new() };
    let pass = format!("`ops reconcile {environment} --override {word} --reason …` passes it, on record.");
    match gate {
        Gate::Freeze { reason, until } => format!(
            "nothing is deployed into {environment} now: {reason}.\n      The freeze ends {}. {pass}",
            moment(*until, None)
        ),
        Gate::Windows { opens_at: Some(at), time_zone } => format!(
            "it is outside of the times at which {environment} is deployed into.\n      The next begins {}. {pass}",
            moment(*at, Some(time_zone))
        ),
        Gate::Windows { opens_at: None, .. } => format!(
            "it is outside of the times at which {environment} is deployed into.\n      None begins within two weeks. {pass}"
        ),
        Gate::Alarms { alarms } => {
            let lines = alarms.iter().map(|HoldingAlarm { name, why }| format!("\n      {name}: {why}"));
            format!(
                "not all is well in {environment}:{}\n      It opens when each alarm is there, can be read and is calm. {pass}",
                lines.collect::<String>()
            )
        }
        Gate::Soak { artifact, version, digest, from, missing } => {
            let build = format!("{artifact} {version} ({})", Digest::short(digest));
            format!("{} {pass}", soak(&build, artifact, from, environment, missing))
        }
        Gate::Approvals { needed, approved_by, .. } => {
            let so_far = match approved_by.as_slice() {
                [] => "nobody has approved exactly this yet".to_owned(),
                some => format!("only {} approved exactly this", some.join(", ")),
            };
            let needed = usize::try_from(*needed).unwrap_or(usize::MAX);
            format!(
                "{} of {} missing: {so_far}.\n      `ops approve {environment}` gives one; a push of another declaration or build voids them. {pass}",
                needed.saturating_sub(approved_by.len()),
                counted(needed, "approval")
            )
        }
        _ => String::new(),
    }
}

fn soak(build: &str, artifact: &str, from: &str, environment: &str, missing: &MissingSoak) -> String {
    let promote = format!("`ops promote {from} {environment}` brings what runs healthy there.");
    match missing {
        MissingSoak::Promotion { promoted_from: Some(other) } => {
            format!("{build} has to come from {from}, and came from {other}.\n      {promote}")
        }
        MissingSoak::Promotion { promoted_from: None } => {
            format!("{build} has to come from {from}, and came straight from where it was built.\n      {promote}")
        }
        MissingSoak::Evidence { evidence: None } => format!(
            "nothing says since when {build} runs in {from}: {artifact} has no `evidence` in builds.yaml.\n      {promote}"
        ),
        MissingSoak::Evidence { evidence: Some(evidence) } => format!(
            "nothing says since when {build} runs in {from}: the `evidence` of {artifact} in builds.yaml, {evidence}, is no record.\n      {promote}"
        ),
        MissingSoak::Time { evidence, opens_at } => format!(
            "{build} does not run in {from} for long enough yet (record {evidence}).\n      It may be deployed from {opens_at} on."
        ),
    }
}

/// A moment in UTC; in a time zone, too, where it belongs to one.
fn moment(at: Timestamp, time_zone: Option<&str>) -> String {
    let zone = time_zone.and_then(|name| Some((name, TimeZoneDatabase::bundled().get(name).ok()?)));
    match zone {
        Some((name, zone)) if name != "UTC" => {
            let there = at.to_zoned(zone).strftime("%A %Y-%m-%d %H:%M").to_string();
            format!("{there} in {name} ({at})")
        }
        _ => format!("at {at}"),
    }
}

/// A line for each gate that somebody passes.
pub(crate) fn overrides(overrides: &[GateOverride]) -> String {
    let line = |GateOverride { gate, reason, held }: &GateOverride| {
        let word = "override:".red().bold().to_string();
        match held {
            true => format!("{word} {gate} would hold this, and does not: {reason}\n"),
            false => format!("{word} {gate} holds nothing now; there is nothing to override\n"),
        }
    };
    overrides.iter().map(line).collect()
}

/// Who has approved, and whether that is enough.
pub(crate) fn approved(approval: &Approval) -> String {
    let Approval { record, approved_by, needed } = approval;
    let (environment, missing) = (&record.environment, usize::try_from(*needed).unwrap_or(usize::MAX));
    let rest = match missing.saturating_sub(approved_by.len()) {
        0 => format!("that is enough: `ops reconcile {environment}`"),
        missing => format!("{} missing", counted(missing, "approval")),
    };
    let by = approved_by.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    format!(
        "{}: approved by {by}; {rest} (commit {}, record {})\n",
        environment.bold(),
        short(&record.commit),
        record.id
    )
}

/// What an approval is of, and what whoever gave it said; nothing for another record.
pub(super) fn approval(record: &Record) -> String {
    let approves = record.approves.iter().map(|fingerprint| format!("approves {fingerprint}\n"));
    let reason = record.reason.iter().map(|reason| format!("because  {reason}\n"));
    approves.chain(reason).collect()
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

#[cfg(test)]
mod tests;
