//! ECS over the real SDK, against the emulator.

use std::collections::BTreeMap;

use crate::fixture::{CLUSTER, Fixture, assert_within, document, network, settings, task_definition, until};
use ops_aws::DocumentCache;
use ops_engine::cloud::{Cloud, CreateService, ServiceUpdate};
use ops_model::observation::{ObservedService, ServiceSettings};
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::{Rollout, RolloutStatus};
use serde_json::json;

pub(crate) fn tags() -> BTreeMap<String, String> {
    BTreeMap::from([("slipway:environment".to_owned(), "test".to_owned())])
}

pub(crate) async fn create(cloud: &Cloud, service: &str, settings: ServiceSettings) -> CreateService {
    let content = task_definition(service, "1");
    let arn = cloud.containers.register_task_definition(&content, &tags()).await.expect("registered");
    let request = CreateService {
        cluster: CLUSTER.to_owned(),
        service: service.to_owned(),
        task_definition: arn,
        settings,
        tags: tags(),
        client_token: format!("token-of-{service}"),
    };
    cloud.containers.create_service(&request).await.expect("created");
    request
}

pub(crate) async fn describe(cloud: &Cloud, service: &str) -> Option<ObservedService> {
    let services = cloud.containers.describe_services(CLUSTER, &[service.to_owned()]).await.expect("described");
    services.into_iter().next()
}

pub(crate) async fn settled(cloud: &Cloud, service: &str, task_definition: &str) -> Rollout {
    until("the rollout to end", || async {
        let rollouts = cloud.containers.rollouts(CLUSTER, service).await?;
        let newest = rollouts.into_iter().next();
        Ok(newest.filter(|rollout| rollout.status.is_final() && rollout.task_definition == task_definition))
    })
    .await
}

#[tokio::test]
async fn a_created_service_reads_back_as_it_was_asked_for() {
    let fixture = Fixture::with_cluster().await;
    let request = create(&fixture.cloud, "api", settings()).await;
    let observed = describe(&fixture.cloud, "api").await.expect("the service");
    assert_within(&request.settings.0, &observed.settings.0);
    assert_eq!(observed.tags, tags());
    assert_eq!(observed.task_definition.arn, request.task_definition);
    assert_within(&task_definition("api", "1").0, &observed.task_definition.content.0);
    assert!(!observed.draining);

    let newest = fixture.cloud.containers.newest_task_definition("api").await.expect("an answer").expect("registered");
    assert_eq!((&newest.arn, &newest.content), (&observed.task_definition.arn, &observed.task_definition.content));
    assert_eq!(newest.tags, tags());
    assert_eq!(fixture.cloud.containers.newest_task_definition("web").await.expect("an answer"), None);
    let all = fixture.cloud.containers.all_services(CLUSTER).await.expect("services");
    assert_eq!(
        all.iter().map(|service| (&service.arn, &service.settings)).collect::<Vec<_>>(),
        [(&observed.arn, &observed.settings)]
    );
    assert_eq!(describe(&fixture.cloud, "web").await, None);
}

#[tokio::test]
async fn creating_again_with_the_same_token_changes_nothing() {
    let fixture = Fixture::with_cluster().await;
    let request = create(&fixture.cloud, "api", settings()).await;
    let before = settled(&fixture.cloud, "api", &request.task_definition).await;
    fixture.cloud.containers.create_service(&request).await.expect("the same");
    assert_eq!(settled(&fixture.cloud, "api", &request.task_definition).await.id, before.id);
}

#[tokio::test]
async fn a_rollout_is_followed_by_its_id_from_start_to_end() {
    let fixture = Fixture::with_cluster().await;
    let request = create(&fixture.cloud, "api", settings()).await;
    let containers = &fixture.cloud.containers;
    let first = settled(&fixture.cloud, "api", &request.task_definition).await;
    assert_eq!(first.status, RolloutStatus::Successful, "{first:?}");

    let second_arn =
        containers.register_task_definition(&task_definition("api", "2"), &tags()).await.expect("registered");
    let update = ServiceUpdate {
        cluster: CLUSTER.to_owned(),
        service: "api".to_owned(),
        task_definition: Some(second_arn.clone()),
        update: SettingsUpdate::default(),
    };
    containers.update_service(&update).await.expect("updated");
    let second = settled(&fixture.cloud, "api", &second_arn).await;
    assert_eq!((second.status, second.tasks.running), (RolloutStatus::Successful, 2));
    assert_ne!(second.id, first.id);
    assert_eq!(containers.rollout(&second.id).await.expect("an answer"), Some(second.clone()));
    assert_eq!(containers.rollout(&format!("{}0", second.id)).await.expect("an answer"), None);
    let ids: Vec<_> =
        containers.rollouts(CLUSTER, "api").await.expect("rollouts").into_iter().map(|rollout| rollout.id).collect();
    assert_eq!(ids, [second.id.clone(), first.id], "newest first");
    let observed = describe(&fixture.cloud, "api").await.expect("the service");
    assert!(observed.settled && observed.rollout.is_none());
    assert_within(&settings().0, &observed.settings.0);

    let tasks = containers.tasks(CLUSTER, "api").await.expect("tasks");
    let running = tasks.iter().filter(|task| task.last_status == "RUNNING" && task.task_definition == second_arn);
    assert_eq!(running.count(), 2);
    // A rollout has ended before the last task that it replaces has.
    let stopped = until("a task of the first rollout to stop", || async {
        let tasks = containers.tasks(CLUSTER, "api").await?;
        Ok(tasks.into_iter().find(|task| task.last_status == "STOPPED"))
    })
    .await;
    assert!(stopped.stopped_reason.is_some());
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let fixture = Fixture::with_cluster().await;
    create(&fixture.cloud, "api", settings()).await;
    let wanted = document(json!({
        "desiredCount": 3, "networkConfiguration": network("sg-b"), "deploymentConfiguration": {"minimumHealthyPercent": 50},
    }));
    let update = SettingsUpdate(wanted.clone());
    let request =
        ServiceUpdate { cluster: CLUSTER.to_owned(), service: "api".to_owned(), task_definition: None, update };
    fixture.cloud.containers.update_service(&request).await.expect("updated");
    let observed = describe(&fixture.cloud, "api").await.expect("the service");
    assert!(!observed.settled, "it is rolled out");
    assert_within(&wanted, &observed.settings.0);

    let commit = BTreeMap::from([("slipway:commit".to_owned(), "c0ffee".to_owned())]);
    fixture.cloud.containers.tag(&observed.arn, &commit).await.expect("tagged");
    let tagged = describe(&fixture.cloud, "api").await.expect("the service").tags;
    assert_eq!(tagged, tags().into_iter().chain(commit).collect());
}

#[tokio::test]
async fn a_setting_made_by_hand_shows_up() {
    let fixture = Fixture::with_cluster().await;
    create(&fixture.cloud, "api", settings()).await;
    let by_hand = fixture.ecs().update_service().cluster(CLUSTER).service("api").enable_execute_command(true);
    by_hand.send().await.expect("updated");
    let observed = describe(&fixture.cloud, "api").await.expect("the service");
    assert_eq!(observed.settings.0["enableExecuteCommand"], json!(true));
}

#[tokio::test]
async fn a_deleted_service_is_no_longer_there() {
    let fixture = Fixture::with_cluster().await;
    create(&fixture.cloud, "api", settings()).await;
    let containers = &fixture.cloud.containers;
    containers.delete_service(CLUSTER, "api").await.expect("deleted");
    until("the service to go", || async { Ok(describe(&fixture.cloud, "api").await.is_none().then_some(())) }).await;
    assert_eq!(containers.all_services(CLUSTER).await.expect("services"), []);
}

#[tokio::test]
async fn more_services_than_fit_into_one_call_are_described() {
    let fixture = Fixture::with_cluster().await;
    let names: Vec<_> = (0..23).map(|number| format!("service-{number:02}")).collect();
    let mut idle = settings();
    idle.0["desiredCount"] = json!(0);
    let request = create(&fixture.cloud, &names[0], idle).await;
    for name in &names[1..] {
        let request = CreateService { service: name.clone(), client_token: name.clone(), ..request.clone() };
        fixture.cloud.containers.create_service(&request).await.expect("created");
    }
    let services = fixture.cloud.containers.all_services(CLUSTER).await.expect("services");
    assert_eq!(services.iter().map(|service| service.name.clone()).collect::<Vec<_>>(), names);
    let calls = fixture.cloud.calls.calls();
    assert_eq!(calls["ecs:DescribeServices"], 3);
    assert_eq!(calls["ecs:CreateService"], 23);
    assert_eq!(calls.get("ecs:DescribeTaskDefinition"), None, "it is known from its registration");
}

#[tokio::test]
async fn what_is_not_there_is_said_to_be_missing() {
    let fixture = Fixture::with_cluster().await;
    let containers = &fixture.cloud.containers;
    let error = containers.describe_services("nowhere", &["api".to_owned()]).await.expect_err("no cluster");
    assert!(error.is_not_found(), "{error:?}");
    let error = containers.delete_service(CLUSTER, "api").await.expect_err("no service");
    assert!(error.is_not_found(), "{error:?}");
    let update = ServiceUpdate {
        cluster: CLUSTER.to_owned(),
        service: "api".to_owned(),
        task_definition: None,
        update: SettingsUpdate(document(json!({"desiredCount": 1}))),
    };
    let error = containers.update_service(&update).await.expect_err("no service");
    assert!(error.is_not_found(), "{error:?}");
}

#[tokio::test]
async fn what_never_changes_is_read_once_and_known_in_the_next_run() {
    let fixture = Fixture::with_cluster().await;
    let names: Vec<_> = (0..21).map(|number| format!("service-{number:02}")).collect();
    let mut idle = settings();
    idle.0["desiredCount"] = json!(0);
    let request = create(&fixture.cloud, &names[0], idle).await;
    for name in &names[1..] {
        let request = CreateService { service: name.clone(), client_token: name.clone(), ..request.clone() };
        fixture.cloud.containers.create_service(&request).await.expect("created");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut calls = Vec::new();
    for _ in 0..2 {
        let cloud = fixture.another_run(DocumentCache::Folder(folder.path().to_owned())).await;
        assert_eq!(cloud.containers.all_services(CLUSTER).await.expect("services").len(), 21);
        calls.push(cloud.calls.calls());
    }
    let count = |calls: &[(&str, u32)]| calls.iter().map(|(name, count)| (format!("ecs:{name}"), *count)).collect();
    let warm: BTreeMap<_, _> = count(&[("DescribeServices", 3), ("ListServices", 1)]);
    let mut cold: BTreeMap<_, _> = count(&[("DescribeServiceRevisions", 2), ("DescribeTaskDefinition", 1)]);
    cold.extend(warm.clone());
    assert_eq!(calls, [cold, warm]);
}
