use std::collections::BTreeMap;

use ops_model::plan::{ChangeClass, Difference, Gate, Plan, ServiceChange, ServiceStanding};
use owo_colors::OwoColorize as _;

use super::words::{class, counted, shorten_digests};
use crate::declared::Declared;

/// A whole plan under a line that says what it was made from.
pub(crate) fn plan(plan: &Plan, declared: &Declared) -> String {
    let gates =
        plan.gates.iter().map(|gate| format!("{} {}\n\n", "held:".yellow().bold(), gate_text(gate, &plan.environment)));
    format!("{}\n\n{}{}", declared.summary(), gates.collect::<String>(), body(plan))
}

/// A plan without its heading and its gates: in a reconcile those come with the verdict.
pub(crate) fn body(plan: &Plan) -> String {
    let mut text = String::new();
    if plan.gates.is_empty() && !plan.terraform_behind.is_empty() {
        let paths = plan.terraform_behind.join(", ");
        text.push_str(&format!("{} Terraform has not been applied since: {paths}\n\n", "note:".cyan()));
    }
    let changes: BTreeMap<_, _> = plan.changes().map(|change| (change.service.as_str(), change)).collect();
    let width = plan.services.keys().map(String::len).max().unwrap_or(0);
    for (service, standing) in &plan.services {
        text.push_str(&match standing {
            ServiceStanding::InSync => format!("  = {service:width$}  in sync\n").dimmed().to_string(),
            ServiceStanding::Changes => changes.get(service.as_str()).map(|it| change(it, width)).unwrap_or_default(),
            ServiceStanding::WaitsForBuild { artifact } => {
                format!("  … {service:width$}  waits for a first build of {artifact}: `ops promote`\n")
            }
            ServiceStanding::WaitsForTerraform => {
                format!("  … {service:width$}  waits for Terraform to make what it runs in\n")
            }
            ServiceStanding::NotOwned => format!("  ! {service:width$}  not made by ops\n"),
        });
    }
    for left in &plan.left_alone {
        let service = &left.service;
        text.push_str(&format!("  ! {service:width$}  {} = {}: set by hand, left alone\n", left.field, left.live));
    }
    text.push_str(&format!("\n{}\n", summary(plan)));
    text
}

fn change(change: &ServiceChange, width: usize) -> String {
    let line = format!("{} {:width$}  {}", sign(change.class), change.service, class(change.class));
    let mut text = match change.class {
        ChangeClass::Create => format!("  {}\n", line.green()),
        ChangeClass::Delete => format!("  {}\n", line.red()),
        ChangeClass::InPlace | ChangeClass::NewDeployment | ChangeClass::UnderWay => {
            format!("  {}\n", line.yellow())
        }
    };
    text.push_str(&differences(&change.differences));
    for warning in &change.warnings {
        text.push_str(&format!("      {} {warning}\n", "warning:".yellow()));
    }
    text
}

pub(super) fn differences(differences: &[Difference]) -> String {
    let paths = differences.iter().map(|difference| difference.path.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for Difference { path, live, declared } in differences {
        let (live, declared) = pair(live.as_deref(), declared.as_deref());
        text.push_str(&format!("      {path:paths$}  {} → {}\n", live.red(), declared.green()));
    }
    text
}

/// Two values next to each other: of two digests of one image only what differs is shown.
fn pair(live: Option<&str>, declared: Option<&str>) -> (String, String) {
    if let (Some((here, live)), Some((there, declared))) =
        (live.and_then(|live| live.split_once('@')), declared.and_then(|declared| declared.split_once('@')))
        && here == there
    {
        let digest = |digest: &str| shorten_digests(&format!("@{digest}")).trim_start_matches('@').to_owned();
        return (digest(live), digest(declared));
    }
    let shown = |value: Option<&str>| value.map_or_else(|| "none".to_owned(), shorten_digests);
    (shown(live), shown(declared))
}

pub(super) fn sign(class: ChangeClass) -> char {
    match class {
        ChangeClass::Create => '+',
        ChangeClass::InPlace | ChangeClass::NewDeployment => '~',
        ChangeClass::UnderWay => '…',
        ChangeClass::Delete => '-',
    }
}

pub(super) fn gate_text(gate: &Gate, environment: &str) -> String {
    match gate {
        Gate::TerraformBehind { paths } => format!(
            "Terraform is behind the declaration: {}.\n      Run `terraform apply` in terraform/environments/{environment}.",
            paths.join(", ")
        ),
        Gate::NotOwned { service, owner } => {
            let owner = owner.as_ref().map_or_else(|| "nobody that ops knows".to_owned(), |owner| format!("`{owner}`"));
            format!(
                "a service named {service} is there already and belongs to {owner}.\n      Rename one of them, or hand it over: tag it slipway:environment={environment}."
            )
        }
        Gate::Deletions { services, owned } => format!(
            "{} of {} would be deleted: {}.\n      If that is meant: `ops reconcile {environment} --allow-deletions`.",
            services.len(),
            counted(*owned, "service"),
            services.join(", ")
        ),
    }
}

fn summary(plan: &Plan) -> String {
    if plan.in_sync() {
        let off = plan.services.values().filter(|standing| **standing != ServiceStanding::InSync).count();
        return if off == 0 {
            format!("{} is in sync.", plan.environment)
        } else {
            let services = counted(plan.services.len(), "service");
            format!("{}: nothing to change now; {off} of {services} not yet as declared.", plan.environment)
        };
    }
    let count = |classes: &[ChangeClass]| plan.changes().filter(|change| classes.contains(&change.class)).count();
    let parts = [
        (count(&[ChangeClass::Create]), "to create"),
        (count(&[ChangeClass::InPlace, ChangeClass::NewDeployment]), "to change"),
        (count(&[ChangeClass::UnderWay]), "under way"),
        (count(&[ChangeClass::Delete]), "to delete"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    format!("{}: {}.", plan.environment, parts.collect::<Vec<_>>().join(", "))
}

/// How many calls were sent, by operation.
pub(crate) fn calls(calls: &BTreeMap<String, u32>) -> String {
    let total: u32 = calls.values().sum();
    let lines = calls.iter().map(|(operation, count)| format!("  {count:>4}  {operation}\n"));
    format!("{total} calls to AWS\n{}", lines.collect::<String>())
}
