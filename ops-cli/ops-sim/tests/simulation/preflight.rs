//! What is looked at before anything is changed.

use ops_engine::cloud::{AlarmState, Preflight as _};
use ops_sim::{ImageBehaviour, SimulatedAccount};

use crate::scenario::{CLUSTER, GOOD};

const ROLE: &str = "arn:aws:iam::000000000000:role/task";

#[tokio::test(start_paused = true)]
async fn images_are_looked_at() {
    let account = SimulatedAccount::new();
    assert_eq!(account.image_platforms("app:1").await.expect("asked"), None);
    account.push_image("app:1", GOOD);
    let platforms = account.image_platforms("app:1").await.expect("asked");
    assert_eq!(platforms, Some(vec!["linux/amd64".to_owned()]));
    account.set_platforms("app:1", &["linux/arm64"]);
    assert_eq!(account.image_platforms("app:1").await.expect("asked"), Some(vec!["linux/arm64".to_owned()]));
    account.push_image("app:1", ImageBehaviour::CannotBePulled);
    assert_eq!(account.image_platforms("app:1").await.expect("asked"), None);
}

#[tokio::test(start_paused = true)]
async fn roles_and_what_they_may_do_are_looked_at() {
    let account = SimulatedAccount::new();
    let asked =
        [("s3:GetObject".to_owned(), "arn:bucket".to_owned()), ("s3:PutObject".to_owned(), "arn:bucket".to_owned())];
    assert_eq!(account.role(ROLE).await.expect("asked"), None);
    assert!(account.simulate(ROLE, &asked).await.expect_err("no role").is_not_found());
    account.create_role(ROLE, &["ecs-tasks.amazonaws.com"]);
    let role = account.role(ROLE).await.expect("asked").expect("there");
    assert_eq!(role.trusted_services, ["ecs-tasks.amazonaws.com"]);
    let by_hand = account.by_hand(CLUSTER);
    by_hand.deny(ROLE, "s3:PutObject");
    let decided = account.simulate(ROLE, &asked).await.expect("asked");
    assert_eq!((decided[&asked[0]], decided[&asked[1]]), (true, false));
    by_hand.delete_role(ROLE).expect("there");
    assert!(by_hand.delete_role(ROLE).expect_err("gone").is_not_found());
}

#[tokio::test(start_paused = true)]
async fn alarms_and_quotas_are_looked_at() {
    let account = SimulatedAccount::new();
    let names = ["errors".to_owned(), "none".to_owned()];
    assert!(account.alarms(&names).await.expect("asked").is_empty());
    let by_hand = account.by_hand(CLUSTER);
    by_hand.set_alarm("errors", AlarmState::Firing);
    assert_eq!(account.alarms(&names).await.expect("asked"), [("errors".to_owned(), AlarmState::Firing)].into());
    assert_eq!(account.quota("fargate", "L-1").await.expect("asked"), None);
    by_hand.set_quota("fargate", "L-1", 6.0);
    assert_eq!(account.quota("fargate", "L-1").await.expect("asked"), Some(6.0));
}
