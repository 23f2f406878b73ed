use futures::future::join_all;
use ops_engine::clock::SystemClock;
use ops_engine::cloud::Cloud;
use ops_engine::reconcile::{Survey, survey};
use ops_model::observation::{ObservedService, healthy_count};
use ops_model::plan::{ServiceStanding, SiteStanding};
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
  ops status --output json")]
pub(crate) struct Args {
    /// Environments; all of them when none is named
    #[arg(value_name = "ENVIRONMENT")]
    environments: Vec<String>,
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
    let statuses = join_all(names.iter().map(|name| status(&source, name, printer))).await;
    match global.output {
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
async fn status(source: &Source, name: &str, printer: &Printer) -> EnvironmentStatus {
    let mut status = EnvironmentStatus {
        environment: name.to_owned(),
        result: Ok(Vec::new()),
        terraform_behind: Vec::new(),
        ending: Vec::new(),
        address: None,
        sites: Vec::new(),
    };
    let looked = async {
        let declared = source.read(name).await?;
        let cloud = connect(&declared.declaration.environment, printer).await?;
        let survey = survey(&cloud, &SystemClock, &declared.declaration).await?;
        let services = services(&cloud, &declared, &survey).await?;
        let sites = sites(&declared, &survey);
        let ending = ending(&declared.declaration.environment, survey.observation.today);
        Ok::<_, CommandError>((survey, services, sites, ending))
    };
    match looked.await {
        Ok((survey, services, sites, ending)) => {
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
mod tests {
    use ops_model::declaration::PauseEnd;

    use super::*;

    #[test]
    fn a_paused_rollout_and_an_exception_that_ends_are_noted() {
        let service = ServiceStatus {
            service: "api".to_owned(),
            standing: ServiceStanding::Changes,
            version: Some("1.4.0".to_owned()),
            declared_digest: None,
            live_image: None,
            desired: 2,
            running: 4,
            healthy: Some(2),
            rollout: Some(RolloutStatus::InProgress),
            paused: Some(WaitForPerson {
                stage: Some("POST_SCALE_UP".to_owned()),
                command: "ops continue dev api".to_owned(),
                expires_at: "2026-01-02T03:04:05Z".parse().ok(),
                on_timeout: PauseEnd::Rollback,
            }),
        };
        let status = EnvironmentStatus {
            environment: "dev".to_owned(),
            result: Ok(vec![service]),
            sites: Vec::new(),
            terraform_behind: Vec::new(),
            ending: vec![EndingException {
                name: "api from 203.0.113.0/24 port 8443".to_owned(),
                reason: Some("the move of the old shop".to_owned()),
                until: "2026-11-26".parse().expect("a day"),
                days_left: 3,
            }],
            address: None,
        };
        let shown = anstream::adapter::strip_str(&human::status(std::slice::from_ref(&status))).to_string();
        insta::assert_snapshot!("paused_human", shown);
        let document = serde_json::to_string_pretty(&json_v1::status(&[status])).expect("it serialises");
        insta::assert_snapshot!("paused_json", document);
    }
}
