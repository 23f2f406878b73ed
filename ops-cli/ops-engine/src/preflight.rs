//! What is looked at before anything is changed: whether that which is about to run can run at all.
//!
//! A check that could not be made is [`Verdict::Skipped`], never a silent success.

pub(crate) mod alarms;
mod images;
mod log_groups;
mod quotas;
mod remembered;
mod roles;
mod secrets;
mod target_groups;
mod traffic;

use futures::{StreamExt as _, stream};
use ops_model::declaration::{Declaration, Environment, Service, Task, Workload};
use ops_model::observation::Observation;
use ops_model::plan::{Act, Change, ChangeClass, Gate, Kind, Plan, ServiceAct};
use ops_model::platform::Platform;
use ops_model::task_definition::TaskDefinition;
use ops_plan::Waits;

pub use remembered::RememberedPreflight;

use crate::clock::Clock;
use crate::cloud::{Cloud, CloudError};
use crate::error_chain::error_chain;
use crate::observe::{ObserveError, inputs, observe, surroundings};

/// Services and tasks that are checked side by side.
const CHECKS_AT_ONCE: usize = 4;

/// One check and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Service or task; the environment's name for what concerns all of it.
    pub subject: String,
    /// What was looked at, such as `image slipway/app@sha256:0123…`.
    pub check: String,
    pub verdict: Verdict,
}

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    Failed {
        why: String,
    },
    /// Nobody knows, and why.
    Skipped {
        why: String,
    },
}

impl Verdict {
    fn failed(why: impl Into<String>) -> Self {
        Self::Failed { why: why.into() }
    }

    fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped { why: why.into() }
    }

    /// The verdict on an answer; without one there is none.
    fn on<T>(answer: Result<T, CloudError>, judge: impl FnOnce(T) -> Self) -> Self {
        match answer {
            Ok(answer) => judge(answer),
            Err(error) => Self::skipped(error_chain(&error)),
        }
    }
}

/// A check and its verdict, of a subject that the caller knows.
type Checked = (String, Verdict);

/// What checks look at.
#[derive(Clone, Copy)]
struct Live<'a> {
    cloud: &'a Cloud,
    environment: &'a Environment,
    platform: &'a Platform,
    observation: &'a Observation,
}

/// A service or task as it is going to run.
struct Subject<'a> {
    workload: &'a Workload,
    task_definition: &'a TaskDefinition,
}

/// Checks everything that the declaration needs of the live account. Changes nothing.
pub async fn check_live(
    cloud: &Cloud,
    clock: &dyn Clock,
    declaration: &Declaration,
) -> Result<Vec<Finding>, ObserveError> {
    let environment = &declaration.environment;
    let platform = surroundings(cloud, environment).await?.platform;
    let observation = observe(cloud, clock, declaration, &platform).await?;
    // Images and roles are shared by services.
    let cloud = Cloud { preflight: RememberedPreflight::of(&cloud.preflight), ..cloud.clone() };
    let live = Live { cloud: &cloud, environment, platform: &platform, observation: &observation };

    let services = environment.services.iter().map(|(name, service)| (name, Declared::Service(service)));
    let tasks = environment.tasks.iter().map(|(name, task)| (name, Declared::Task(task)));
    let checks = services.chain(tasks).map(|(name, declared)| async move {
        let checked = match declared {
            Declared::Service(service) => check_service(live, declaration, name, service).await,
            Declared::Task(task) => check_task(live, declaration, name, task).await,
        };
        checked
            .into_iter()
            .map(|(check, verdict)| Finding { subject: name.clone(), check, verdict })
            .collect::<Vec<_>>()
    });
    let mut findings: Vec<_> = stream::iter(checks).buffered(CHECKS_AT_ONCE).concat().await;
    let quotas = quotas::check(live).await.into_iter();
    let subject = &environment.environment;
    let names: Vec<_> = environment.gates.alarms.iter().cloned().collect();
    let alarms = alarms::judged(&cloud, &names).await.into_iter();
    let finding = |(name, verdict)| Finding { subject: subject.clone(), check: format!("alarm {name}"), verdict };
    findings.extend(alarms.map(finding));
    findings.extend(quotas.map(|(check, verdict)| Finding { subject: subject.clone(), check, verdict }));
    Ok(findings)
}

enum Declared<'a> {
    Service(&'a Service),
    Task(&'a Task),
}

async fn check_service(live: Live<'_>, declaration: &Declaration, name: &str, service: &Service) -> Vec<Checked> {
    let desired = inputs(declaration, live.platform, live.observation).desired_service(name, service);
    let desired = match desired {
        Ok(desired) => desired,
        Err(waits) => return vec![waiting(&waits)],
    };
    let subject = Subject { workload: &service.workload, task_definition: &desired.task_definition };
    let mut checked = check_workload(live, &subject).await;
    checked.extend(target_groups::check(live, name, service).await);
    checked.extend(alarms::check(live, service).await);
    checked.extend(traffic::check(live, name, &desired, traffic::Expected::default()).await);
    checked
}

async fn check_task(live: Live<'_>, declaration: &Declaration, name: &str, task: &Task) -> Vec<Checked> {
    match inputs(declaration, live.platform, live.observation).desired_task(name, task) {
        Ok(desired) => {
            let subject = Subject { workload: &task.workload, task_definition: &desired.task_definition };
            check_workload(live, &subject).await
        }
        Err(waits) => vec![waiting(&waits)],
    }
}

/// What services and tasks have in common.
async fn check_workload(live: Live<'_>, subject: &Subject<'_>) -> Vec<Checked> {
    let mut checked = images::check(live, subject).await;
    checked.extend(secrets::check(live, subject).await);
    checked.extend(log_groups::check(live, subject).await);
    checked.extend(roles::check(live, subject).await);
    checked
}

fn waiting(waits: &Waits) -> Checked {
    let why = match waits {
        Waits::ForBuild { artifact } => format!("{artifact} has no build in this environment yet"),
        Waits::ForTerraform => "Terraform has not yet made what it runs in".to_owned(),
    };
    ("everything".to_owned(), Verdict::Skipped { why })
}

/// What holds a plan that would shift traffic: once a rollout has begun it is late to find that the ground is missing.
pub(crate) async fn gates(
    cloud: &Cloud,
    declaration: &Declaration,
    platform: &Platform,
    observation: &Observation,
    plan: &Plan,
) -> Vec<Gate> {
    let live = Live { cloud, environment: &declaration.environment, platform, observation };
    let mut gates = Vec::new();
    for change in plan.changes().filter(|change| starts_rollout(change)) {
        let Some(service) = declaration.environment.services.get(&change.name) else { continue };
        let desired = inputs(declaration, platform, observation).desired_service(&change.name, service);
        let Ok(desired) = desired else { continue };
        let mut checked = traffic::check(live, &change.name, &desired, expected(plan, change)).await;
        if desired.traffic_shift.is_some() {
            checked.extend(target_groups::check(live, &change.name, service).await);
            checked.extend(alarms::check(live, service).await);
        }
        let failures: Vec<_> = checked
            .into_iter()
            .filter_map(|(check, verdict)| match verdict {
                Verdict::Failed { why } => Some(format!("{check}: {why}")),
                Verdict::Ok | Verdict::Skipped { .. } => None,
            })
            .collect();
        if !failures.is_empty() {
            gates.push(Gate::Preflight { service: change.name.clone(), failures });
        }
    }
    gates
}

fn starts_rollout(change: &Change) -> bool {
    match &change.act {
        Act::Service(ServiceAct::Create { .. } | ServiceAct::Replace { .. }) => true,
        Act::Service(ServiceAct::Update { .. }) => change.class == ChangeClass::NewDeployment,
        _ => false,
    }
}

/// What the plan itself does about the ground before the rollout.
fn expected(plan: &Plan, change: &Change) -> traffic::Expected {
    let mends_rule = plan.changes().any(|other| other.kind() == Kind::ListenerRule && other.name == change.name);
    let awaits_rollback = matches!(&change.act, Act::Service(ServiceAct::Update { after_rollback: Some(_), .. }));
    traffic::Expected { mends_rule, awaits_rollback }
}
