mod site_gate;

use std::collections::BTreeMap;

use ops_model::plan::{
    Change, ChangeClass, Difference, Gate, GroupStanding, Kind, LeftOut, Plan, ServiceStanding, SiteStanding,
    TaskStanding, UnusableSecret,
};
use ops_plan::firewall::EndingException;
use owo_colors::OwoColorize as _;

use super::environment_gate;
use super::firewall::{ending_exceptions, hole_line, missing_group};
use super::words::{class, counted, kind as kind_words, shorten_digests, subject};
use crate::declared::Declared;

/// A whole plan under a line that says what it was made from.
pub(crate) fn plan(plan: &Plan, ending: &[EndingException], declared: &Declared) -> String {
    let gates =
        plan.gates.iter().map(|gate| format!("{} {}\n\n", "held:".yellow().bold(), gate_text(gate, &plan.environment)));
    let notes = ending_exceptions(ending);
    let blank = if notes.is_empty() { "" } else { "\n" };
    format!("{}\n\n{}{notes}{blank}{}", declared.summary(), gates.collect::<String>(), body(plan))
}

/// A plan without its heading and its gates: in a reconcile those come with the verdict.
pub(crate) fn body(plan: &Plan) -> String {
    let mut text = String::new();
    if plan.gates.is_empty() && !plan.terraform_behind.is_empty() {
        let paths = plan.terraform_behind.join(", ");
        text.push_str(&format!("{} Terraform has not been applied since: {paths}\n\n", "note:".cyan()));
    }
    let lines = Lines::of(plan);
    for (service, standing) in &plan.services {
        text.push_str(&lines.service(service, standing));
    }
    for (task, standing) in &plan.tasks {
        text.push_str(&lines.task(task, standing));
    }
    for (site, standing) in &plan.sites {
        text.push_str(&lines.site(site, standing));
    }
    // What is no longer declared has no standing.
    text.push_str(&lines.others(plan));
    text.push_str(&firewall(plan, lines.width));
    for (kind, why) in &plan.unread {
        text.push_str(&format!("{} {} could not be read: {why}\n", "note:".cyan(), kind_words(*kind)));
    }
    text.push_str(&left_out(&plan.left_out));
    text.push_str(&format!("\n{}\n", summary(plan)));
    text
}

/// What nobody asked for this time, and what of it the rest would have waited for.
pub(crate) fn left_out(left_out: &[LeftOut]) -> String {
    let lines = left_out.iter().map(|LeftOut { kind, name, class: change, needed_by }| {
        let users: Vec<_> = needed_by.iter().map(|(kind, name)| subject(*kind, name)).collect();
        let users =
            if users.is_empty() { String::new() } else { format!("; {} comes after it otherwise", users.join(", ")) };
        format!("{} {} left out: {}{users}\n", "note:".cyan(), subject(*kind, name), class(*change))
    });
    lines.collect()
}

/// The changes of a plan, to be shown under the service or task that each is about.
struct Lines<'a> {
    changes: BTreeMap<(&'a str, Kind), &'a Change>,
    width: usize,
}

impl<'a> Lines<'a> {
    fn of(plan: &'a Plan) -> Self {
        let changes: BTreeMap<_, _> = plan.changes().map(|it| ((it.name.as_str(), it.kind()), it)).collect();
        let subjects = changes.iter().map(|((name, kind), _)| subject(*kind, name).chars().count());
        let standing = plan.services.keys().map(|name| name.chars().count());
        let tasks = plan.tasks.keys().map(|name| subject(Kind::Task, name).chars().count());
        let sites = plan.sites.keys().map(|name| subject(Kind::Site, name).chars().count());
        let width = subjects.chain(standing).chain(tasks).chain(sites).max().unwrap_or(0);
        Self { changes, width }
    }

    fn service(&self, name: &str, standing: &ServiceStanding) -> String {
        let width = self.width;
        match standing {
            ServiceStanding::InSync => format!("  = {name:width$}  in sync\n").dimmed().to_string(),
            ServiceStanding::Changes => self.changes_of(name, &[Kind::ListenerRule, Kind::Service, Kind::Scaling]),
            ServiceStanding::WaitsForBuild { artifact } => waits_for_build(name, width, artifact),
            ServiceStanding::WaitsForTerraform => waits_for_terraform(name, width),
            ServiceStanding::NotOwned => format!("  ! {name:width$}  not made by ops\n"),
        }
    }

    fn task(&self, name: &str, standing: &TaskStanding) -> String {
        let (width, shown) = (self.width, subject(Kind::Task, name));
        match standing {
            TaskStanding::InSync => format!("  = {shown:width$}  in sync\n").dimmed().to_string(),
            TaskStanding::Changes => self.changes_of(name, &[Kind::Task, Kind::Schedule]),
            TaskStanding::WaitsForBuild { artifact } => waits_for_build(&shown, width, artifact),
            TaskStanding::WaitsForTerraform => waits_for_terraform(&shown, width),
        }
    }

    fn site(&self, name: &str, standing: &SiteStanding) -> String {
        let (width, shown) = (self.width, subject(Kind::Site, name));
        match standing {
            SiteStanding::InSync => format!("  = {shown:width$}  in sync\n").dimmed().to_string(),
            SiteStanding::Changes => self.changes_of(name, &[Kind::SiteAccess, Kind::Site]),
            SiteStanding::NotDeployed => format!("  = {shown:width$}  nobody deploys into it\n").dimmed().to_string(),
            SiteStanding::WaitsForBuild { artifact } => {
                format!("  … {shown:width$}  waits for a first build of {artifact}: `ops promote --bundle`\n")
            }
            SiteStanding::WaitsForTerraform => waits_for_terraform(&shown, width),
            SiteStanding::Held => format!("  ! {shown:width$}  held\n"),
            SiteStanding::Distribution { settings } => {
                let line = format!("! {shown:width$}  its distribution is not as Terraform made it: `terraform apply`");
                format!("  {}\n{}", line.red(), differences(settings))
            }
        }
    }

    fn changes_of(&self, name: &str, kinds: &[Kind]) -> String {
        let changes = kinds.iter().filter_map(|kind| self.changes.get(&(name, *kind)));
        changes.map(|it| change(it, self.width)).collect()
    }

    fn others(&self, plan: &Plan) -> String {
        let others = self.changes.iter().filter(|((name, kind), _)| match kind {
            Kind::Service | Kind::Scaling | Kind::ListenerRule => {
                !matches!(plan.services.get(*name), Some(ServiceStanding::Changes))
            }
            Kind::Task | Kind::Schedule => !matches!(plan.tasks.get(*name), Some(TaskStanding::Changes)),
            // A group may have two changes, in two waves.
            Kind::Firewall => false,
            Kind::Scenario => true,
            Kind::Site | Kind::SiteAccess => !matches!(plan.sites.get(*name), Some(SiteStanding::Changes)),
        });
        others.map(|(_, it)| change(it, self.width)).collect()
    }
}

/// Groups that are not as declared, and holes, also those that stay.
fn firewall(plan: &Plan, width: usize) -> String {
    let mut text = String::new();
    for it in plan.changes().filter(|change| change.kind() == Kind::Firewall) {
        text.push_str(&change(it, width));
    }
    for (name, standing) in &plan.firewall {
        if let GroupStanding::Missing { group_id } = standing {
            text.push_str(&format!("{} {}\n", "note:".cyan(), missing_group(name, group_id)));
        }
    }
    plan.holes.iter().for_each(|hole| text.push_str(&hole_line(hole)));
    text
}

fn waits_for_build(name: &str, width: usize, artifact: &str) -> String {
    format!("  … {name:width$}  waits for a first build of {artifact}: `ops promote`\n")
}

fn waits_for_terraform(name: &str, width: usize) -> String {
    format!("  … {name:width$}  waits for Terraform to make what it runs in\n")
}

fn change(change: &Change, width: usize) -> String {
    let line =
        format!("{} {:width$}  {}", sign(change.class), subject(change.kind(), &change.name), class(change.class));
    let mut text = match change.class {
        ChangeClass::Create | ChangeClass::Run => format!("  {}\n", line.green()),
        ChangeClass::Delete | ChangeClass::Replacement | ChangeClass::Refused => format!("  {}\n", line.red()),
        ChangeClass::InPlace | ChangeClass::NewDeployment | ChangeClass::UnderWay => {
            format!("  {}\n", line.yellow())
        }
    };
    text.push_str(&differences(&change.differences));
    for reason in &change.reasons {
        text.push_str(&format!("      {}\n", reason.dimmed()));
    }
    for warning in &change.warnings {
        text.push_str(&format!("      {} {warning}\n", "warning:".yellow()));
    }
    text
}

pub(super) fn differences(differences: &[Difference]) -> String {
    let paths = differences.iter().map(|difference| difference.path.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for Difference { path, live, declared, class: _ } in differences {
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
        ChangeClass::Run => '>',
        ChangeClass::Replacement => '±',
        ChangeClass::Refused => '!',
        ChangeClass::Delete => '-',
    }
}

pub(crate) fn gate_text(gate: &Gate, environment: &str) -> String {
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
        Gate::Secrets { unusable } => {
            let lines = unusable
                .iter()
                .map(|UnusableSecret { user, path, place, why }| format!("\n      {user}: {path} from {place}: {why}"));
            format!(
                "tasks could not start without {}:{}\n      Put the values there (`aws ssm put-parameter`, `aws secretsmanager put-secret-value`), or take them out of the declaration.",
                counted(unusable.len(), "secret"),
                lines.collect::<String>()
            )
        }
        Gate::Replacement { service, paths } => format!(
            "{service} would be deleted and created anew, and serve nothing meanwhile: {}.\n      If that is meant: `ops reconcile {environment} --allow-replacements`.",
            paths.join(", ")
        ),
        Gate::Refused { service, paths, why } => format!(
            "AWS does not change {} of {service}: {}.\n      Declare what is there (`overrides`), or delete the service yourself.",
            paths.join(", "),
            why.join("; ")
        ),
        Gate::Preflight { service, failures } => format!(
            "a rollout of {service} has no ground to stand on:{}\n      `ops check {environment} --live` looks again.",
            failures.iter().map(|failure| format!("\n      {failure}")).collect::<String>()
        ),
        Gate::FailedVerification { record, scenarios } => format!(
            "exactly this was deployed before and rolled back, because {} failed: {} (record {record}).\n      Take it back in git (`ops rollback {environment}`) or correct it; to try the same once more: `ops reconcile {environment} --verify-again`.",
            counted(scenarios.len(), "scenario"),
            scenarios.join(", ")
        ),
        Gate::Site { site, reason } => site_gate::text(site, reason, environment),
        Gate::Freeze { .. }
        | Gate::Windows { .. }
        | Gate::Alarms { .. }
        | Gate::Soak { .. }
        | Gate::Approvals { .. } => environment_gate::text(gate, environment),
    }
}

/// One line: how much there is to do.
pub(crate) fn summary(plan: &Plan) -> String {
    if plan.in_sync() {
        let off = plan.services.values().filter(|standing| **standing != ServiceStanding::InSync).count();
        let tasks_off = plan.tasks.values().filter(|standing| **standing != TaskStanding::InSync).count();
        let in_sync = |standing: &&SiteStanding| matches!(standing, SiteStanding::InSync | SiteStanding::NotDeployed);
        let sites_off = plan.sites.values().filter(|standing| !in_sync(standing)).count();
        return if off + tasks_off + sites_off == 0 {
            format!("{} is in sync.", plan.environment)
        } else if off + tasks_off == 0 {
            let sites = counted(plan.sites.len(), "site");
            format!("{}: nothing to change now; {sites_off} of {sites} not yet as declared.", plan.environment)
        } else if off > 0 {
            let services = counted(plan.services.len(), "service");
            format!("{}: nothing to change now; {off} of {services} not yet as declared.", plan.environment)
        } else {
            let tasks = counted(plan.tasks.len(), "task");
            format!("{}: nothing to change now; {tasks_off} of {tasks} not yet as declared.", plan.environment)
        };
    }
    let count = |classes: &[ChangeClass]| plan.changes().filter(|change| classes.contains(&change.class)).count();
    let parts = [
        (count(&[ChangeClass::Run]), "to run"),
        (count(&[ChangeClass::Create]), "to create"),
        (count(&[ChangeClass::InPlace, ChangeClass::NewDeployment]), "to change"),
        (count(&[ChangeClass::Replacement]), "to replace"),
        (count(&[ChangeClass::Refused]), "not possible"),
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
