//! An account that cannot be reached, or is not the declared one: one clear message, and nothing is written.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use insta::assert_snapshot;
use ops_model::platform::PLATFORM_VERSION;
use serde_json::json;

use crate::filters;
use crate::fixture::{Fixture, Team};
use crate::run::Run;

const RECONCILE: [&str; 3] = ["reconcile", "dev", "--yes"];

fn reconcile(environment: &[(&str, &str)]) -> Run {
    let variables = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let team = Team::usual(variables.collect());
    team.run(&team.ops(&RECONCILE).output().expect("ops starts"))
}

#[test]
fn no_credentials() {
    let _filters = filters::bind();
    assert_snapshot!(reconcile(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]));
}

#[test]
fn another_region() {
    let _filters = filters::bind();
    assert_snapshot!(reconcile(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_REGION", "us-east-1")]));
}

#[test]
fn nobody_answers() {
    let _filters = filters::bind();
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let endpoint = format!("http://127.0.0.1:{port}");
    let started = Instant::now();
    let variables =
        [("AWS_ENDPOINT_URL", &*endpoint), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let mut run = reconcile(&variables);
    assert!(started.elapsed() < Duration::from_secs(15), "took {:?}", started.elapsed());
    run.stderr = run.stderr.replace(&endpoint, "[ENDPOINT]");
    assert_snapshot!(run);
}

#[test]
fn another_account_and_no_platform_write_nothing() {
    let _filters = filters::bind();
    let fixture = Fixture::start();
    let mut elsewhere = fixture.command(&RECONCILE);
    elsewhere.env("AWS_ACCESS_KEY_ID", "111111111111");
    assert_snapshot!("another_account", fixture.team.run(&elsewhere.output().expect("ops starts")));
    assert_eq!(fixture.account.objects("slipway-dev-ops"), ["platform.json"]);

    let mut contract = fixture.account.get_object("slipway-dev-ops", "platform.json");
    for (version, name) in [(1, "older_platform"), (PLATFORM_VERSION + 1, "newer_platform")] {
        contract["version"] = json!(version);
        fixture.account.put_object("slipway-dev-ops", "platform.json", &contract);
        assert_snapshot!(name, fixture.ops(&RECONCILE));
    }
    assert_eq!(fixture.account.objects("slipway-dev-ops"), ["platform.json"]);

    fixture.account.delete_object("slipway-dev-ops", "platform.json");
    assert_snapshot!("no_platform", fixture.ops(&RECONCILE));
    assert_eq!(fixture.account.objects("slipway-dev-ops"), Vec::<String>::new());
    fixture.team.edit("dev", "ops_bucket: slipway-dev-ops", "ops_bucket: slipway-nowhere");
    fixture.team.commit_all("Name a bucket that is not there");
    assert_snapshot!("no_bucket", fixture.ops(&RECONCILE));
    assert_snapshot!("no_platform_status", fixture.ops(&["status"]));
    let json = fixture.json(&RECONCILE);
    assert_eq!(json["error"]["kind"], "aws", "{json:#}");
}
