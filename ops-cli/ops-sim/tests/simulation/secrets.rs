//! Secrets: what is told of them, and tasks that cannot start without.

use std::collections::BTreeSet;

use ops_engine::cloud::{Containers as _, Secrets as _};
use ops_model::observation::ObservedSecret;
use ops_model::rollout::RolloutStatus;
use ops_sim::SimulatedAccount;
use serde_json::json;

use crate::scenario::{CLUSTER, GOOD, Scenario, content, private, update};

const PARAMETER: &str = "ssm:/dev/api/token";
const SECRET: &str = "secretsmanager:dev-password";

async fn told(account: &SimulatedAccount, place: &str) -> ObservedSecret {
    let places = BTreeSet::from([place.to_owned()]);
    account.secrets(&places).await.expect("asked").remove(place).expect("every place is told of")
}

async fn version(account: &SimulatedAccount, place: &str) -> String {
    match told(account, place).await {
        ObservedSecret::Present { version, arn } => {
            assert_eq!(arn, account.secret_arn(place));
            version
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn every_state_of_a_secret_is_told_apart() {
    let account = SimulatedAccount::new();
    let by_hand = account.by_hand(CLUSTER);
    for place in [PARAMETER, SECRET] {
        assert_eq!(told(&account, place).await, ObservedSecret::Missing);
        by_hand.rotate_secret(place).expect_err("not there");
        account.create_empty_secret(place);
        assert_eq!(told(&account, place).await, ObservedSecret::Empty);
        account.put_secret(place);
        let first = version(&account, place).await;
        by_hand.rotate_secret(place).expect("there");
        assert_ne!(version(&account, place).await, first);
        by_hand.hide_secret(place, "kms:Decrypt is denied").expect("there");
        let why = "kms:Decrypt is denied".to_owned();
        assert_eq!(told(&account, place).await, ObservedSecret::Unreadable { why });
        by_hand.delete_secret(place).expect("there");
        assert_eq!(told(&account, place).await, ObservedSecret::Missing);
    }
    assert!(
        account
            .secret_arn(SECRET)
            .starts_with("arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:dev-password-")
    );
    assert_eq!(account.secret_arn(PARAMETER), "arn:aws:ssm:ap-northeast-2:000000000000:parameter/dev/api/token");
}

#[tokio::test(start_paused = true)]
async fn a_task_starts_only_with_the_secrets_that_it_names() {
    let account = SimulatedAccount::new();
    account.put_secret(PARAMETER);
    account.put_secret(SECRET);
    let (parameter, secret) = (account.secret_arn(PARAMETER), account.secret_arn(SECRET));
    let current = version(&account, SECRET).await;
    for (value_from, starts) in [
        (parameter.clone(), true),
        ("/dev/api/token".to_owned(), true),
        (format!("{parameter}:1"), true),
        (format!("{parameter}:2"), false),
        ("/dev/api/other".to_owned(), false),
        (secret.clone(), true),
        (format!("{secret}:key::"), true),
        (format!("{secret}:key::{current}"), true),
        (format!("{secret}:::no-such-version"), false),
        (format!("{secret}x"), false),
    ] {
        let scenario = Scenario::steady(private(1)).await;
        scenario.account.put_secret(PARAMETER);
        scenario.account.put_secret(SECRET);
        scenario.account.push_image("app:2", GOOD);
        let mut content = content("app:2");
        content.0["containerDefinitions"][0]["secrets"] = json!([{"name": "TOKEN", "valueFrom": value_from}]);
        let arn = scenario.account.register_task_definition(&content, &[].into()).await.expect("registered");
        scenario.update(Some(arn), update(json!({}))).await.expect("accepted");
        let status = scenario.ended().await.status;
        assert_eq!(status == RolloutStatus::Successful, starts, "{value_from}");
        let tasks = scenario.tasks().await;
        let failed = tasks.iter().find(|task| task.stop_code.as_deref() == Some("TaskFailedToStart"));
        let reason = failed.and_then(|task| task.stopped_reason.clone()).unwrap_or_default();
        assert_eq!(reason.starts_with("ResourceInitializationError: unable to pull secrets"), !starts, "{reason}");
    }
}
