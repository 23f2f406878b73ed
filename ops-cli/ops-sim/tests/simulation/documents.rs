//! How AWS merges, refuses and shows the documents that it is sent.

use ops_engine::cloud::{CloudErrorKind, Containers as _};
use ops_model::plan::SettingsUpdate;
use ops_model::rollout::RolloutStatus;
use serde_json::{Value, json};

use crate::scenario::{CLUSTER, SERVICE, Scenario, content, private, public, update, with};

#[tokio::test(start_paused = true)]
async fn a_service_is_shown_with_what_aws_adds() {
    let scenario = Scenario::steady(public(1)).await;
    let shown = scenario.service().await.settings.0;
    for (member, value) in [
        ("platformVersion", json!("LATEST")),
        ("launchType", json!("FARGATE")),
        ("schedulingStrategy", json!("REPLICA")),
        ("serviceRegistries", json!([])),
        ("enableExecuteCommand", json!(false)),
        ("healthCheckGracePeriodSeconds", json!(20)),
    ] {
        assert_eq!(shown[member], value, "{member}");
    }
    let deployment = &shown["deploymentConfiguration"];
    assert_eq!(deployment["strategy"], "ROLLING");
    assert_eq!(deployment["deploymentCircuitBreaker"]["resetOnHealthyTask"], true);
    let threshold = json!({"type": "BOUNDED_PERCENT", "value": 50});
    assert_eq!(deployment["deploymentCircuitBreaker"]["thresholdConfiguration"], threshold);
    assert_eq!(shown, scenario.service().await.settings.0, "and always in the same way");
}

#[tokio::test(start_paused = true)]
async fn a_task_definition_is_shown_with_what_aws_adds_and_its_sets_in_another_order() {
    let scenario = Scenario::new();
    let names: Vec<_> = (0..12).map(|number| format!("NAME_{number:02}")).collect();
    let variables: Vec<_> = names.iter().map(|name| json!({"name": name, "value": "1"})).collect();
    let mut given = content("app:1");
    let container = &mut given.0["containerDefinitions"][0];
    container["environment"] = json!(variables);
    container["healthCheck"] = json!({"command": ["CMD", "true"]});
    container["command"] = json!(["serve", "--all", "again", "again"]);
    given.0.insert("volumes".to_owned(), json!([{"name": "scratch"}]));
    scenario.account.register_task_definition(&given, &[("a".into(), "1".into())].into()).await.expect("registered");

    let shown = scenario.account.newest_task_definition("slipway-dev-api").await.expect("asked").expect("there");
    assert_eq!(shown.tags, [("a".into(), "1".into())].into());
    let container = &shown.content.0["containerDefinitions"][0];
    for (member, value) in [
        ("cpu", json!(0)),
        ("essential", json!(true)),
        ("mountPoints", json!([])),
        ("portMappings", json!([{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}])),
        ("command", json!(["serve", "--all", "again", "again"])),
    ] {
        assert_eq!(container[member], value, "{member}");
    }
    assert_eq!(container["healthCheck"]["retries"], 3);
    assert_eq!(shown.content.0["volumes"], json!([{"name": "scratch", "host": {}}]));
    let name = |variable: &Value| variable["name"].as_str().expect("a name").to_owned();
    let mut order: Vec<_> = container["environment"].as_array().expect("a list").iter().map(name).collect();
    assert_ne!(order, names, "AWS keeps no order");
    order.sort();
    assert_eq!(order, names);
}

#[tokio::test(start_paused = true)]
async fn what_a_service_runs_is_described_without_its_tags() {
    let scenario = Scenario::steady(private(1)).await;
    let arn = scenario.service().await.task_definition.arn;
    scenario.account.tag(&arn, &[("slipway:succeeded".into(), "task".into())].into()).await.expect("tagged");
    assert!(scenario.service().await.task_definition.tags.is_empty());
    let newest = scenario.account.newest_task_definition("slipway-dev-api").await.expect("asked").expect("there");
    assert_eq!(newest.tags["slipway:succeeded"], "task");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_sent_stays_and_an_empty_list_removes() {
    let connect = json!({"enabled": true, "namespace": "arn:namespace"});
    let strategy = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}]);
    let mut settings =
        with(public(1), json!({"serviceConnectConfiguration": connect, "capacityProviderStrategy": strategy}));
    settings.0.remove("launchType");
    let scenario = Scenario::steady(settings).await;
    let before = scenario.service().await.settings.0;
    assert!(before.get("launchType").is_none(), "a capacity provider strategy takes its place");

    let alarms = json!({"alarmNames": ["errors"], "enable": true, "rollback": true});
    scenario.update(None, update(json!({"deploymentConfiguration": {"alarms": alarms}}))).await.expect("accepted");
    let mut expected = before.clone();
    expected["deploymentConfiguration"]["alarms"] = alarms;
    assert_eq!(scenario.service().await.settings.0, expected, "nothing else changed");
    assert_eq!(scenario.rollouts().await.len(), 1);

    let removal = json!({"loadBalancers": [], "serviceConnectConfiguration": {"enabled": false}});
    scenario.update(None, update(removal)).await.expect("accepted");
    let after = scenario.service().await.settings.0;
    assert_eq!(after["loadBalancers"], json!([]));
    assert_eq!(after.get("serviceConnectConfiguration"), None);
    assert_eq!(after.get("healthCheckGracePeriodSeconds"), None);
    assert_eq!(after["capacityProviderStrategy"], before["capacityProviderStrategy"]);
    assert_eq!(scenario.rollouts().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn members_start_a_rollout_or_act_in_place_as_aws_documents_it() {
    for (sent, rolls) in [
        (json!({"enableExecuteCommand": true}), false),
        (json!({"enableExecuteCommand": true, "forceNewDeployment": true}), true),
        (json!({"propagateTags": "SERVICE"}), false),
        (json!({"availabilityZoneRebalancing": "DISABLED"}), false),
        (json!({"healthCheckGracePeriodSeconds": 99}), false),
        (json!({"deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}}), false),
        (json!({"platformVersion": "1.4.0"}), true),
        (json!({"platformVersion": "LATEST"}), false),
        (json!({"serviceRegistries": [{"registryArn": "arn:registry"}]}), true),
        (json!({"serviceConnectConfiguration": {"enabled": true, "namespace": "n"}}), true),
        (json!({"volumeConfigurations": [{"name": "data"}]}), true),
        (json!({"loadBalancers": []}), true),
        (json!({"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}], "forceNewDeployment": true}), true),
    ] {
        let scenario = Scenario::steady(public(1)).await;
        scenario.update(None, update(sent.clone())).await.expect("accepted");
        assert_eq!(scenario.rollouts().await.len(), if rolls { 2 } else { 1 }, "{sent}");
        assert_eq!(scenario.service().await.settled, !rolls, "{sent}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_aws_does_not_take_is_refused_and_changes_nothing() {
    let scenario = Scenario::steady(public(1)).await;
    let before = scenario.service().await;
    for (sent, message) in [
        (json!({"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT"}]}), "force new deployment"),
        (json!({"launchType": "EC2"}), "Unknown parameter in input: launchType"),
        (json!({"tags": []}), "Unknown parameter in input: tags"),
        (json!({"schedulingStrategy": "DAEMON"}), "Unknown parameter in input: schedulingStrategy"),
        (json!({"deploymentConfiguration": {"maximumPercent": 50}}), "maximumPercent must be at least 100"),
        (json!({"deploymentConfiguration": {"maximumPercent": 100}}), "neither to start nor to stop"),
        (json!({"deploymentConfiguration": {"maximumPercents": 150}}), "unknown field"),
        (json!({"deploymentConfiguration": {"strategy": "SIDEWAYS"}}), "unknown variant"),
        (json!({"deploymentController": {"type": "CODE_DEPLOY"}}), "Only ECS is simulated"),
        (json!({"networkConfiguration": {}}), "Network Configuration must be provided"),
        (json!({"loadBalancers": [], "healthCheckGracePeriodSeconds": 5}), "Health check grace period"),
    ] {
        let error = scenario.update(None, update(sent.clone())).await.expect_err(message);
        assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("InvalidParameterException".to_owned()) });
        assert!(error.message.contains(message), "{sent}: {}", error.message);
    }
    assert_eq!(scenario.service().await, before);
}

#[tokio::test(start_paused = true)]
async fn a_service_is_settled_when_its_rollout_has_ended_well_and_nothing_old_is_left() {
    let scenario = Scenario::steady(public(1)).await;
    assert!(scenario.service().await.settled);
    assert_eq!(scenario.service().await.rollout, None, "rollouts are asked for apart");
    scenario.deploy("app:2", crate::scenario::GOOD).await;
    assert!(!scenario.service().await.settled);
    scenario.ended().await;
    assert!(scenario.service().await.settled);

    scenario.deploy("app:3", ops_sim::ImageBehaviour::NeverHealthy).await;
    assert_eq!(scenario.ended().await.status, RolloutStatus::RollbackSuccessful);
    assert!(scenario.service().await.settled, "on what it was before");
    scenario.deploy("app:4", ops_sim::ImageBehaviour::NeverHealthy).await;
    scenario.account.by_hand(CLUSTER).stop_rollout(SERVICE).expect("requested");
    assert_eq!(scenario.ended().await.status, RolloutStatus::Stopped);
    assert!(!scenario.service().await.settled);
}

#[tokio::test(start_paused = true)]
async fn task_definitions_that_cannot_work_are_refused() {
    let scenario = Scenario::new();
    let container = |change: Value| {
        let mut given = content("app:1");
        given.0["containerDefinitions"][0].as_object_mut().expect("an object").extend(crate::scenario::object(change));
        given
    };
    let none = {
        let mut given = content("app:1");
        given.0["containerDefinitions"] = json!([]);
        given
    };
    let condition = |name: &str| json!({"dependsOn": [{"containerName": name, "condition": "START"}]});
    for (given, message) in [
        (none, "at least one container"),
        (container(json!({"name": ""})), "should not be null or empty"),
        (container(json!({"essential": false})), "must be essential"),
        (container(condition("app")), "form a cycle"),
        (container(condition("other")), "are unknown"),
    ] {
        let error = scenario.account.register_task_definition(&given, &[].into()).await.expect_err(message);
        assert!(error.message.contains(message), "{}", error.message);
    }
    assert!(scenario.account.task_definitions().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_edit_by_hand_rolls_out_where_aws_would_and_is_refused_where_it_would_be() {
    let scenario = Scenario::steady(public(1)).await;
    let by_hand = scenario.account.by_hand(CLUSTER);
    by_hand.change_settings(SERVICE, |settings| drop(settings.remove("loadBalancers"))).expect("changed");
    assert_eq!(scenario.rollouts().await.len(), 2);
    assert_eq!(scenario.service().await.settings.0["loadBalancers"], json!([]));
    let broken = |settings: &mut serde_json::Map<String, Value>| drop(settings.remove("networkConfiguration"));
    by_hand.change_settings(SERVICE, broken).expect_err("no network");
    by_hand.update(SERVICE, None, SettingsUpdate::default()).expect("nothing");
    assert_eq!(scenario.rollouts().await.len(), 2);
}
