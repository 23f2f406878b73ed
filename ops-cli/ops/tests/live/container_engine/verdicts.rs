//! Each way in which a deployment goes wrong: its verdict, its exit code, and what is said of its cause.

use serde_json::{Value, json};

use crate::fixture::{Fixture, PORT, WRONG_PORT, until};

const WORKLOADS: &str = "  api:
    artifact: app
    command: [serve]
    cpu: 256
    memory: 512
    count: 2
    port: 8080
    public: { path: /*, health: { path: /readyz, interval_seconds: 5, timeout_seconds: 2 } }
    environment: { SLIPWAY_ENVIRONMENT: dev, SLIPWAY_LOG: info }
    secrets:
      TOKEN: ssm:/slipway/dev/token
      PASSWORD: { from: \"secretsmanager:slipway/dev/database\", key: password }
    deployment: { grace_seconds: 20, timeout_seconds: 120 }
tasks:
  migrate:
    artifact: migration
    command: [--version]
    cpu: 256
    memory: 512
    environment: { SLIPWAY_ENVIRONMENT: dev }
    before: [api]
    timeout_seconds: 60
";

const TOKEN: &str = "/slipway/dev/token";
const DATABASE: &str = "slipway/dev/database";
const PASSWORD: &str = r#"{"password": "canary-4711"}"#;

const RECONCILE: [&str; 5] = ["reconcile", "dev", "--yes", "--output", "json"];

struct Delivery(Fixture);

impl Delivery {
    /// Reconciles while it is asked: no request fails, and only these versions answer. Returns the record.
    fn ends(&self, exit_code: i32, outcome: &str, versions: &[&str]) -> Value {
        let run = self.0.without_loss(versions, || self.0.ops(&RECONCILE));
        assert_eq!(run.exit_code, Some(exit_code), "{run}");
        assert!(!format!("{run}").contains("canary"), "{run}");
        let record: Value = serde_json::from_str(&run.stdout).expect("a record");
        assert_eq!(record["outcome"], outcome, "{record:#}");
        record
    }

    /// The first cause that is told of a service or task is of this class, and what says so has these words.
    fn is_explained(&self, subject: &str, class: &str, words: &[&str]) {
        let told = self.0.json(&["explain", "dev", subject]);
        let cause = &told["subjects"][0]["verdict"]["causes"][0];
        assert_eq!(cause["class"], class, "{told:#}");
        let cause = cause.to_string();
        assert!(words.iter().all(|word| cause.contains(word)), "{words:?} are not in {cause}");
        assert!(!told.to_string().contains("canary"), "{told:#}");
    }

    /// Changes the declaration in a commit.
    fn declare(&self, from: &str, to: &str) {
        self.0.team.edit("dev", from, to);
        self.0.team.commit_all(&format!("Declare {to}"));
    }
}

#[test]
fn every_failure_has_its_verdict_and_its_cause_and_no_request_is_lost() {
    let fixture = match Fixture::with_containers(WORKLOADS) {
        Ok(fixture) => fixture,
        Err(reason) => {
            println!("not tested, there is no container engine: {reason}");
            return;
        }
    };
    fixture.account.put_parameter(TOKEN, "canary-4712");
    fixture.account.create_secret(DATABASE, PASSWORD);
    fixture.build_of("migration", "1.0.0", PORT, &[]);
    fixture.build("1.0.0", PORT);
    let first = fixture.ops(&RECONCILE);
    assert_eq!(first.exit_code, Some(0), "{first}");
    let delivery = Delivery(fixture);

    good_build(&delivery);
    crashing_image(&delivery);
    missing_image(&delivery);
    failing_health_check(&delivery);
    missing_secret(&delivery);
    secret_without_the_key(&delivery);
    failing_migration(&delivery);
    superseding_deployment(&delivery);

    let Delivery(fixture) = delivery;
    let verified = fixture.ops(&["history", "dev", "--verify"]);
    assert_eq!(verified.exit_code, Some(0), "{verified}");
}

/// From here on 2.0.0 serves.
fn good_build(delivery: &Delivery) {
    delivery.0.build("2.0.0", PORT);
    delivery.ends(0, "succeeded", &["1.0.0", "2.0.0"]);
}

/// It refuses what it is told, says so and exits with 1.
fn crashing_image(delivery: &Delivery) {
    delivery.declare("SLIPWAY_LOG: info", "SLIPWAY_LOG: \"info,=\"");
    delivery.ends(4, "rolled_back", &["2.0.0"]);
    delivery.is_explained("api", "crashed", &["api exited with 1", "SLIPWAY_LOG is"]);
    delivery.declare("SLIPWAY_LOG: \"info,=\"", "SLIPWAY_LOG: info");
}

fn missing_image(delivery: &Delivery) {
    let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    let image = format!("app=000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/slipway/app@{digest}");
    let promoted = delivery.0.ops(&["promote", "dev", "--image", &image, "--build-version", "3.0.0"]);
    assert_eq!(promoted.exit_code, Some(0), "{promoted}");
    delivery.ends(4, "rolled_back", &["2.0.0"]);
    delivery.is_explained("api", "image_missing", &["CannotPullContainerError", &digest[..19]]);
}

/// It runs, and listens where nobody asks.
fn failing_health_check(delivery: &Delivery) {
    delivery.0.build("4.0.0", WRONG_PORT);
    let record = delivery.ends(4, "rolled_back", &["2.0.0"]);
    let seen = &record["services"][0]["evidence"];
    assert!(seen["log"].to_string().contains("listening"), "what it wrote: {seen:#}");
    delivery.is_explained("api", "health_check", &["does not pass the load balancer's health check"]);
}

/// Nothing is begun.
fn missing_secret(delivery: &Delivery) {
    delivery.0.build("5.0.0", PORT);
    delivery.0.account.delete_parameter(TOKEN);
    let record = delivery.ends(3, "held", &["2.0.0"]);
    assert!(record["gates"].to_string().contains(TOKEN), "{record:#}");
    assert_eq!(record["services"], json!([]), "{record:#}");
    delivery.0.account.put_parameter(TOKEN, "canary-4713");
}

/// Nobody but ECS reads what is in a secret.
fn secret_without_the_key(delivery: &Delivery) {
    delivery.0.account.put_secret(DATABASE, "{}");
    delivery.ends(4, "rolled_back", &["2.0.0"]);
    delivery.is_explained("api", "secret_malformed", &["did not contain json key password"]);
    delivery.0.account.put_secret(DATABASE, PASSWORD);
}

/// The service that would come after it is not touched.
fn failing_migration(delivery: &Delivery) {
    let before = delivery.0.account.rollouts("dev", "api").len();
    delivery.declare("command: [--version]", "command: [healthcheck]");
    let record = delivery.ends(5, "failed", &["2.0.0"]);
    assert_eq!(record["services"][1]["outcome"], "not_started", "{record:#}");
    delivery.is_explained("migrate", "crashed", &["migrate exited with 1", "does not answer its health check"]);
    assert_eq!(delivery.0.account.rollouts("dev", "api").len(), before);
    delivery.declare("command: [healthcheck]", "command: [--version]");
}

/// Somebody goes back by hand while the new tasks start.
fn superseding_deployment(delivery: &Delivery) {
    let fixture = &delivery.0;
    fixture.build("6.0.0", PORT);
    let live = fixture.account.service("dev", "api")["taskDefinition"].clone();
    let superseded = fixture.without_loss(&["2.0.0", "6.0.0"], || {
        let ours = fixture.spawn(&RECONCILE);
        until("api rolls out", || fixture.account.rolls_out("dev", "api"));
        let back =
            json!({"cluster": "slipway-dev", "service": "api", "taskDefinition": live, "forceNewDeployment": true});
        fixture.account.ecs("UpdateService", back);
        let run = fixture.finish(ours);
        fixture.until_settled("dev", "api");
        run
    });
    assert_eq!(superseded.exit_code, Some(6), "{superseded}");
    delivery.is_explained("api", "superseded", &["a newer rollout took its place"]);
    assert_eq!(fixture.account.service("dev", "api")["taskDefinition"], live, "theirs serves");
    delivery.ends(0, "succeeded", &["2.0.0", "6.0.0"]);
}
