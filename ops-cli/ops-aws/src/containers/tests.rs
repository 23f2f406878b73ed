//! Pages, batches, caches and what is left out, against answers made by hand.

mod sent;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_ecs::Client;
use aws_sdk_ecs::config::retry::RetryConfig;
use aws_sdk_ecs::operation::describe_service_deployments::DescribeServiceDeploymentsOutput;
use aws_sdk_ecs::operation::describe_service_revisions::DescribeServiceRevisionsOutput;
use aws_sdk_ecs::operation::describe_services::DescribeServicesOutput;
use aws_sdk_ecs::operation::describe_task_definition::DescribeTaskDefinitionOutput;
use aws_sdk_ecs::operation::describe_tasks::DescribeTasksOutput;
use aws_sdk_ecs::operation::list_service_deployments::ListServiceDeploymentsOutput;
use aws_sdk_ecs::operation::list_services::ListServicesOutput;
use aws_sdk_ecs::operation::list_tasks::ListTasksOutput;
use aws_sdk_ecs::types::{
    ContainerDefinition, DesiredStatus, Failure, Service, ServiceDeployment, ServiceDeploymentBrief,
    ServiceDeploymentStatus, ServiceField, ServiceRevision, ServiceRevisionSummary, Tag, Task, TaskDefinition,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::DateTime;
use aws_types::sdk_config::TimeSource;
use ops_engine::cloud::{CallCounter as _, CloudErrorKind, Containers as _};

use super::*;
use crate::call_counter::SentCalls;
use crate::last_endpoint::LastEndpoint;

/// An instant that the code under test takes for now: 2023-11-14.
const NOW: i64 = 1_700_000_000;

#[derive(Debug)]
struct Now;

impl TimeSource for Now {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs())
    }
}

fn containers(rules: &[&Rule]) -> (EcsContainers, SentCalls) {
    let sent = SentCalls::default();
    let counter = sent.clone();
    let sdk = mock_client!(aws_sdk_ecs, RuleMode::MatchAny, rules, |config| config
        .retry_config(RetryConfig::disabled())
        .interceptor(counter.counter("ecs")));
    let errors = Errors::new("ecs", LastEndpoint::default());
    let (time, immutable) = (SharedTimeSource::new(Now), ImmutableDocuments::new(None));
    (EcsContainers { sdk, errors, time, immutable }, sent)
}

fn calls(sent: &SentCalls, operation: &str) -> u32 {
    sent.calls().get(&format!("ecs:{operation}")).copied().unwrap_or_default()
}

fn service(name: &str, status: &str) -> Service {
    Service::builder()
        .service_name(name)
        .service_arn(format!("service/{name}"))
        .status(status)
        .task_definition("task-definition/app:1")
        .tags(Tag::builder().key("slipway:environment").value("dev").build())
        .build()
}

fn describe_task_definition() -> Rule {
    mock!(Client::describe_task_definition).then_compute_output(|request| {
        let container = ContainerDefinition::builder().name("app").image("image").build();
        let definition = TaskDefinition::builder()
            .set_task_definition_arn(request.task_definition.clone())
            .family("app")
            .container_definitions(container);
        DescribeTaskDefinitionOutput::builder().task_definition(definition.build()).build()
    })
}

/// Each service deployment `d` brings the revision `d-revision`.
fn describe_rollouts() -> [Rule; 2] {
    let deployments = mock!(Client::describe_service_deployments).then_compute_output(|request| {
        assert!(request.service_deployment_arns().len() <= 20, "ECS takes 20 at most");
        let deployments = request.service_deployment_arns().iter().map(|arn| {
            let target = ServiceRevisionSummary::builder().arn(format!("{arn}-revision")).requested_task_count(2);
            ServiceDeployment::builder()
                .service_deployment_arn(arn)
                .status(ServiceDeploymentStatus::Successful)
                .target_service_revision(target.build())
                .build()
        });
        DescribeServiceDeploymentsOutput::builder().set_service_deployments(Some(deployments.collect())).build()
    });
    let revisions = mock!(Client::describe_service_revisions).then_compute_output(|request| {
        assert!(request.service_revision_arns().len() <= 20, "ECS takes 20 at most");
        let revisions = request.service_revision_arns().iter().map(|arn| {
            ServiceRevision::builder().service_revision_arn(arn).task_definition(format!("brought by {arn}")).build()
        });
        DescribeServiceRevisionsOutput::builder().set_service_revisions(Some(revisions.collect())).build()
    });
    [deployments, revisions]
}

fn brief(arn: &str, created_at: i64) -> ServiceDeploymentBrief {
    ServiceDeploymentBrief::builder().service_deployment_arn(arn).created_at(DateTime::from_secs(created_at)).build()
}

#[tokio::test]
async fn the_services_of_all_pages_are_described() {
    let first =
        mock!(Client::list_services).match_requests(|request| request.next_token().is_none()).then_output(|| {
            let arns = ["arn:aws:ecs:r:1:service/cluster/web", "arn:aws:ecs:r:1:service/cluster/api"];
            let arns = arns.map(str::to_owned).to_vec();
            ListServicesOutput::builder().set_service_arns(Some(arns)).next_token("more").build()
        });
    let second = mock!(Client::list_services)
        .match_requests(|request| request.next_token() == Some("more"))
        .then_output(|| ListServicesOutput::builder().service_arns("arn:aws:ecs:r:1:service/job").build());
    let describe = mock!(Client::describe_services).then_compute_output(|request| {
        let described = request.services().iter().map(|name| service(name, "ACTIVE"));
        DescribeServicesOutput::builder().set_services(Some(described.collect())).build()
    });
    let (containers, sent) = containers(&[&first, &second, &describe, &describe_task_definition()]);
    let services = containers.all_services("cluster").await.expect("services");
    assert_eq!(services.into_iter().map(|service| service.name).collect::<Vec<_>>(), ["api", "job", "web"]);
    assert_eq!((calls(&sent, "ListServices"), calls(&sent, "DescribeServices")), (2, 2));
}

#[tokio::test]
async fn services_are_described_ten_at_a_time_and_their_task_definition_once() {
    let describe = mock!(Client::describe_services).then_compute_output(|request| {
        assert!(request.services().len() <= 10, "ECS takes 10 at most");
        assert_eq!(request.include(), [ServiceField::Tags]);
        let described = request.services().iter().filter(|name| *name != "s13").map(|name| {
            service(
                name,
                match name.as_str() {
                    "s07" => "INACTIVE",
                    "s08" => "DRAINING",
                    _ => "ACTIVE",
                },
            )
        });
        let missing = request.services().iter().filter(|name| *name == "s13");
        DescribeServicesOutput::builder()
            .set_services(Some(described.collect()))
            .set_failures(Some(missing.map(|name| Failure::builder().arn(name).reason("MISSING").build()).collect()))
            .build()
    });
    let (containers, sent) = containers(&[&describe, &describe_task_definition()]);
    let names: Vec<_> = (0..23).map(|number| format!("s{number:02}")).collect();
    for _ in 0..2 {
        let services = containers.describe_services("cluster", &names).await.expect("services");
        let described: Vec<_> = services.iter().map(|service| service.name.as_str()).collect();
        let expected: Vec<_> = names.iter().map(String::as_str).filter(|name| !["s07", "s13"].contains(name)).collect();
        assert_eq!(described, expected);
        assert!(services.iter().all(|service| service.draining == (service.name == "s08")));
        assert_eq!(services[0].tags["slipway:environment"], "dev");
    }
    assert_eq!(calls(&sent, "DescribeServices"), 2 * 3);
    assert_eq!(calls(&sent, "DescribeTaskDefinition"), 1);
}

#[tokio::test]
async fn a_service_that_could_not_be_read_is_an_error() {
    let describe = mock!(Client::describe_services).then_output(|| {
        let failure = Failure::builder().arn("service/api").reason("UNAVAILABLE").detail("try later").build();
        DescribeServicesOutput::builder().failures(failure).build()
    });
    let (containers, _) = containers(&[&describe]);
    let error = containers.describe_services("cluster", &["api".to_owned()]).await.expect_err("unread");
    assert_eq!(
        (error.kind, error.message.as_str()),
        (CloudErrorKind::Unexpected, "service/api: UNAVAILABLE: try later")
    );
}

#[tokio::test]
async fn rollouts_are_read_over_pages_and_in_batches_and_their_revisions_once() {
    let page = |page: i64| {
        let briefs = (0..15).map(|number| {
            let age = page * 15 + number;
            brief(&format!("rollout-{age:02}"), NOW - age * 60)
        });
        ListServiceDeploymentsOutput::builder().set_service_deployments(Some(briefs.collect()))
    };
    let list = |token: Option<&'static str>| {
        mock!(Client::list_service_deployments).match_requests(move |request| {
            let since = request.created_at().and_then(|created| created.after()).map(DateTime::secs);
            assert_eq!(since, Some(NOW - 25 * 60 * 60));
            request.next_token() == token
        })
    };
    let first = list(None).then_output(move || page(0).next_token("1").build());
    let second = list(Some("1")).then_output(move || page(1).build());
    let [deployments, revisions] = describe_rollouts();
    let (containers, sent) = containers(&[&first, &second, &deployments, &revisions]);
    for _ in 0..2 {
        let rollouts = containers.rollouts("cluster", "api").await.expect("rollouts");
        let ids: Vec<_> = rollouts.iter().map(|rollout| rollout.id.clone()).collect();
        assert_eq!(ids, (0..30).map(|age| format!("rollout-{age:02}")).collect::<Vec<_>>());
    }
    assert_eq!(calls(&sent, "DescribeServiceDeployments"), 2 * 2);
    assert_eq!(calls(&sent, "DescribeServiceRevisions"), 2);
}

#[tokio::test]
async fn a_rollout_that_ecs_no_longer_has_is_none() {
    let missing = mock!(Client::describe_service_deployments).then_output(|| {
        let failure = Failure::builder().arn("gone").reason("MISSING").build();
        DescribeServiceDeploymentsOutput::builder().failures(failure).build()
    });
    let (containers, _) = containers(&[&missing]);
    assert_eq!(containers.rollout("gone").await.expect("an answer"), None);
}

#[tokio::test]
async fn running_and_stopped_tasks_are_read_a_hundred_at_a_time() {
    let list = |desired: DesiredStatus,
                token: Option<&'static str>,
                numbers: std::ops::Range<u32>,
                next: Option<&'static str>| {
        mock!(Client::list_tasks)
            .match_requests(move |request| {
                request.desired_status() == Some(&desired)
                    && request.next_token() == token
                    && request.service_name() == Some("api")
            })
            .then_output(move || {
                let arns = numbers.clone().map(|number| format!("task/{number:03}")).collect();
                ListTasksOutput::builder().set_task_arns(Some(arns)).set_next_token(next.map(str::to_owned)).build()
            })
    };
    let asked = Arc::new(Mutex::new(Vec::new()));
    let describe = mock!(Client::describe_tasks).then_compute_output({
        let asked = asked.clone();
        move |request| {
            asked.lock().expect("unpoisoned").push(request.tasks().len());
            let tasks = request.tasks().iter().map(|arn| Task::builder().task_arn(arn).last_status("RUNNING").build());
            DescribeTasksOutput::builder()
                .set_tasks(Some(tasks.skip(1).collect()))
                .failures(Failure::builder().arn(&request.tasks()[0]).reason("MISSING").build())
                .build()
        }
    });
    let (containers, _) = containers(&[
        &list(DesiredStatus::Running, None, 0..100, Some("more")),
        &list(DesiredStatus::Running, Some("more"), 100..120, None),
        // One that stopped in between is in both lists.
        &list(DesiredStatus::Stopped, None, 119..130, None),
        &describe,
    ]);
    let tasks = containers.tasks("cluster", "api").await.expect("tasks");
    assert_eq!(*asked.lock().expect("unpoisoned"), [100, 30]);
    assert_eq!(tasks.len(), 128, "what ECS has forgotten meanwhile is left out");
    assert!(tasks.is_sorted_by_key(|task| task.arn.clone()));
}
