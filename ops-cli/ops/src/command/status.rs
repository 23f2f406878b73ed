use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::SignedDuration;
use ops_engine::clock::{Clock as _, SystemClock};
use ops_engine::cloud::Cloud;
use ops_engine::environment_gates::holding;
use ops_engine::history;
use ops_engine::reconcile::{Survey, survey};
use ops_model::observation::{ObservedService, healthy_count};
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, ServiceStanding, SiteStanding};
use ops_model::record::Record;
use ops_model::rollout::{RolloutStatus, WaitForPerson};
use ops_plan::firewall::{EndingException, ending};

use crate::connection::connect;
use crate::declared::{Declared, Source};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Show what runs where, whether it is what git says, and whether it is healthy
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops status                    all environments
  ops status dev
  ops status --all              one line for each environment, with its last record and what it waits for
  ops status --output json")]
pub(crate) struct Args {
    /// Environments; all of them when none is named
    #[arg(value_name = "ENVIRONMENT")]
    environments: Vec<String>,

    /// One line for each declared environment
    #[arg(long, conflicts_with = "environments")]
    all: bool,
}

/// One environment, or why nothing can be said of it.
pub(crate) struct EnvironmentStatus {
    pub(crate) environment: String,
    pub(crate) result: Result<Vec<ServiceStatus>, CommandError>,
    /// Paths that Terraform has not been applied to.
    pub(crate) terraform_behind: Vec<String>,
    /// Exceptions of the firewall that end soon.
    pub(crate) ending: Vec<EndingException>,
    /// Where the load balancer answers.
    pub(crate) address: Option<String>,
    /// Sites that somebody deploys into.
    pub(crate) sites: Vec<SiteStatus>,
    /// Declared version of each artifact.
    pub(crate) builds: BTreeMap<String, String>,
    /// Changes that a reconcile would make.
    pub(crate) changes: usize,
    /// Why it could not make them.
    pub(crate) gates: Vec<Gate>,
    /// Read with `--all` alone.
    pub(crate) last_record: Option<LastRecord>,
}

/// What was done last.
pub(crate) struct LastRecord {
    pub(crate) id: String,
    pub(crate) outcome: Outcome,
    pub(crate) finished_at: jiff::Timestamp,
    /// How long ago that is.
    pub(crate) age: SignedDuration,
}

/// One site.
pub(crate) struct SiteStatus {
    pub(crate) site: String,
    pub(crate) standing: SiteStanding,
    /// The declared build.
    pub(crate) version: Option<String>,
    pub(crate) declared_digest: Option<String>,
    pub(crate) served_digest: Option<String>,
    /// Where browsers find it, once Terraform has made it.
    pub(crate) url: Option<String>,
}

/// One service, declared or live.
pub(crate) struct ServiceStatus {
    pub(crate) service: String,
    pub(crate) standing: ServiceStanding,
    /// The declared build.
    pub(crate) version: Option<String>,
    pub(crate) declared_digest: Option<String>,
    /// The image that the live task definition names.
    pub(crate) live_image: Option<String>,
    pub(crate) desired: u32,
    pub(crate) running: u32,
    pub(crate) healthy: Option<u32>,
    pub(crate) rollout: Option<RolloutStatus>,
    /// What the rollout waits for.
    pub(crate) paused: Option<WaitForPerson>,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let source = Source::open(global, None).await?;
    let names = if args.environments.is_empty() { source.environments().await? } else { args.environments.clone() };
    let statuses = join_all(names.iter().map(|name| status(&source, name, args.all, printer))).await;
    match global.output {
        OutputForm::Human | OutputForm::Markdown if args.all => printer.data(&human::overview(&statuses))?,
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::status(&statuses))?,
        OutputForm::Json => printer.json(&json_v1::status(&statuses))?,
    }
    let mut worst = ExitCode::Done;
    for status in statuses {
        if let Err(error) = status.result {
            printer.error(&error);
            worst = error.exit_code();
        }
    }
    Ok(worst)
}

/// One environment that cannot be read does not hide the others.
async fn status(source: &Source, name: &str, with_record: bool, printer: &Printer) -> EnvironmentStatus {
    let mut status = EnvironmentStatus::unread(name);
    let looked = async {
        let declared = source.read(name).await?;
        let cloud = connect(&declared.declaration.environment, printer).await?;
        let mut survey = survey(&cloud, &SystemClock, &declared.declaration).await?;
        let Survey { platform, observation, plan, .. } = &survey;
        let texts = &declared.scenario_texts;
        let gates = holding(&cloud, &declared.declaration, texts, platform, observation, plan).await?;
        survey.plan.gates.extend(gates);
        let services = services(&cloud, &declared, &survey).await?;
        let sites = sites(&declared, &survey);
        let ending = ending(&declared.declaration.environment, survey.observation.today());
        let last = match with_record {
            true => history::last_act(cloud.objects.as_ref(), &declared.declaration.environment.ops_bucket).await?,
            false => None,
        };
        Ok::<_, CommandError>((survey, services, sites, ending, last, declared.declaration.builds))
    };
    match looked.await {
        Ok((survey, services, sites, ending, last, builds)) => {
            let versions = builds.artifacts.into_iter().map(|(artifact, build)| (artifact, build.version));
            status.builds = versions.collect();
            status.changes = survey.plan.changes().count();
            status.gates = survey.plan.gates;
            status.last_record = last.map(LastRecord::of);
            status.ending = ending;
            status.result = Ok(services);
            status.sites = sites;
            status.terraform_behind = survey.plan.terraform_behind;
            status.address = survey.platform.load_balancer.map(|load_balancer| load_balancer.dns_name);
        }
        Err(error) => status.result = Err(error),
    }
    status
}

impl EnvironmentStatus {
    fn unread(environment: &str) -> Self {
        Self {
            environment: environment.to_owned(),
            result: Ok(Vec::new()),
            terraform_behind: Vec::new(),
            ending: Vec::new(),
            address: None,
            sites: Vec::new(),
            builds: BTreeMap::new(),
            changes: 0,
            gates: Vec::new(),
            last_record: None,
        }
    }
}

impl LastRecord {
    fn of(record: Record) -> Self {
        let Record { id, outcome, finished_at, .. } = record;
        Self { id, outcome, finished_at, age: SystemClock.now().duration_since(finished_at) }
    }
}

async fn services(cloud: &Cloud, declared: &Declared, survey: &Survey) -> Result<Vec<ServiceStatus>, CommandError> {
    let mut services = Vec::new();
    for (name, standing) in &survey.plan.services {
        let live = survey.observation.services.get(name);
        let build = declared
            .declaration
            .environment
            .services
            .get(name)
            .and_then(|service| declared.declaration.builds.artifacts.get(&service.workload.artifact));
        let mut healthy = None;
        for target_group in live.iter().flat_map(|live| live.settings.target_group_arns()) {
            let targets = cloud.targets.target_health(target_group).await?;
            // Of the two groups of a service that shifts traffic, one is usually empty.
            healthy = Some(healthy.unwrap_or(0) + healthy_count(&targets));
        }
        let main_container = declared
            .declaration
            .environment
            .services
            .get(name)
            .map_or(name.as_str(), |service| ops_plan::main_container(name, &service.workload));
        services.push(ServiceStatus {
            service: name.clone(),
            standing: standing.clone(),
            version: build.map(|build| build.version.clone()),
            declared_digest: build.map(|build| build.digest.to_string()),
            live_image: live
                .and_then(|live| {
                    live.task_definition.content.containers().find(|container| container.name() == main_container)
                })
                .map(|container| container.image().to_owned()),
            desired: live.and_then(|live| live.settings.desired_count()).unwrap_or(0),
            running: live.map_or(0, |live| live.running_count),
            healthy,
            rollout: live.and_then(rollout_status),
            paused: live
                .and_then(|live| live.rollout.as_ref())
                .and_then(|rollout| rollout.waits_for_person(&declared.declaration.environment.environment, name)),
        });
    }
    Ok(services)
}

fn sites(declared: &Declared, survey: &Survey) -> Vec<SiteStatus> {
    let declaration = &declared.declaration;
    let deployed = survey.plan.sites.iter().filter(|(_, standing)| **standing != SiteStanding::NotDeployed);
    let sites = deployed.map(|(name, standing)| {
        let artifact = declaration.environment.sites.get(name).and_then(|site| site.artifact.as_ref());
        let build = artifact.and_then(|artifact| declaration.builds.artifacts.get(artifact));
        let current = survey.observation.sites.get(name).and_then(|live| live.current.as_ref());
        SiteStatus {
            site: name.clone(),
            standing: standing.clone(),
            version: build.map(|build| build.version.clone()),
            declared_digest: build.map(|build| build.digest.to_string()),
            served_digest: current.and_then(|current| current.build.as_ref()).map(ToString::to_string),
            url: survey.platform.sites.get(name).map(|place| place.url.clone()),
        }
    });
    sites.collect()
}

/// Of a settled service nobody reads the rollout again: ECS has said that it is completed.
fn rollout_status(live: &ObservedService) -> Option<RolloutStatus> {
    let read = live.rollout.as_ref().map(|rollout| rollout.status);
    read.or_else(|| live.settled.then_some(RolloutStatus::Successful))
}

#[cfg(test)]
mod tests;
