//! `ops` is killed at each call by which it changes something, and at some by which it only looks: before the call is sent,
//! and when it is done and the answer is lost. Whoever comes next goes on from there.

use serde_json::{Value, json};
use xtask::proxy::{HoldingProxy, Moment};

use crate::fixture::{Fixture, LIMIT, PORT, open, rules_of};

const WORKLOADS: &str = "  api:
    artifact: app
    command: [serve]
    cpu: 256
    memory: 512
    count: 2
    port: 8080
    public: { path: /*, health: { path: /readyz, interval_seconds: 5, timeout_seconds: 2 } }
    environment: { SLIPWAY_ENVIRONMENT: dev }
    secrets: { TOKEN: \"ssm:/slipway/dev/token\" }
    deployment: { grace_seconds: 20, timeout_seconds: 120 }
tasks:
  migrate:
    artifact: app
    command: [--version]
    cpu: 256
    memory: 512
    environment: { SLIPWAY_ENVIRONMENT: dev }
    before: [api]
    timeout_seconds: 60
sites:
  console: { artifact: console }
scenarios:
  api: { file: infra/scenarios/api.hurl }
";

const SCENARIO: &str = "GET {{url}}/version\nHTTP 200\n";

/// The calls of a reconcile in their order: what it is about, its operation, a part of its path.
const CALLS: [(&str, &str, &str); 14] = [
    ("the lease", "s3:PUT", "lease.json"),
    ("the secrets' check", "ssm:DescribeParameters", ""),
    ("a task definition", "ecs:RegisterTaskDefinition", ""),
    ("the task", "ecs:RunTask", ""),
    ("the task's watch", "ecs:DescribeTasks", ""),
    ("the note that the task succeeded", "ecs:TagResource", ""),
    ("the service", "ecs:UpdateService", ""),
    ("the rollout's watch", "ecs:DescribeServiceDeployments", ""),
    ("a site's file", "s3:PUT", "slipway-dev-site-console/"),
    ("a site's invalidation", "cloudfront:POST", "invalidation"),
    ("the firewall", "ec2:RevokeSecurityGroupIngress", ""),
    ("a scenario", "unsigned:GET", "/version"),
    ("the record's announcement", "s3:PUT", "last-record.json"),
    ("the record", "s3:PUT", "records/"),
];

const RECONCILE: [&str; 5] = ["reconcile", "dev", "--yes", "--output", "json"];

/// A new image, a new front-end, and a hole in the firewall: something to do in every wave.
fn change(fixture: &Fixture, version: &str) {
    fixture.build(version, PORT);
    let folder = fixture.team.folder().join(format!("dist-{version}"));
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("index.html"), version).expect("a file");
    let bundle = format!("console={}", folder.display());
    let run = fixture.ops(&["promote", "dev", "--bundle", &bundle, "--build-version", version]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    open(&fixture.account, &fixture.group_id("api"), 9000, ("IpRanges.1.CidrIp", "10.9.0.0/16"));
}

fn kill_at(fixture: &Fixture, proxy: &HoldingProxy, (what, operation, path): (&str, &str, &str), moment: Moment) {
    let held = proxy.hold(operation, path, moment);
    let running = fixture.spawn_through(proxy, &RECONCILE);
    match held.wait(LIMIT) {
        Ok(()) => running.kill(),
        Err(_) => panic!("{what} ({operation}) never came: {}", fixture.finish(running)),
    }
}

/// Everything was done once, and the records hold together.
fn is_done_once(fixture: &Fixture, version: &str, deployments: usize) {
    let account = &fixture.account;
    assert_eq!(account.tasks_of("dev", "slipway-dev-migrate").len(), deployments, "each migration ran once");
    assert_eq!(account.rollouts("dev", "api"), vec!["SUCCESSFUL"; deployments], "each build was rolled out once");
    for family in ["api", "migrate"] {
        let name = format!("slipway-dev-{family}");
        let newest = account.ecs("DescribeTaskDefinition", json!({"taskDefinition": name}));
        assert_eq!(newest["taskDefinition"]["revision"], deployments, "{family} was registered once for each build");
    }
    let contract = account.get_object("slipway-dev-ops", "platform.json");
    let domain_name = contract["sites"]["console"]["domain_name"].as_str().expect("a name");
    assert_eq!(account.browse(domain_name, "/").text, version);
    let holes = rules_of(account, &fixture.group_id("api")).into_iter().filter(|rule| rule.contains("10.9.0.0/16"));
    assert_eq!(holes.count(), 0, "the hole is closed");
    assert!(account.get_object("slipway-dev-ops", "lease.json")["held"].is_null(), "the lease is free");
    assert_eq!(fixture.json(&["plan", "dev"])["in_sync"], true);
    let verified = fixture.ops(&["history", "dev", "--verify"]);
    assert_eq!(verified.exit_code, Some(0), "{verified}");
}

#[test]
fn killed_in_every_wave_it_goes_on_and_no_request_is_lost() {
    let fixture = match Fixture::with_containers(WORKLOADS) {
        Ok(fixture) => fixture,
        Err(reason) => {
            println!("not tested, there is no container engine: {reason}");
            return;
        }
    };
    fixture.account.put_parameter("/slipway/dev/token", "canary-4711");
    fixture.team.write("infra/scenarios/api.hurl", SCENARIO);
    fixture.team.commit_all("Say what works");
    let proxy = fixture.proxy();
    change(&fixture, "1.0.0");
    let first = fixture.ops(&RECONCILE);
    assert_eq!(first.exit_code, Some(0), "{first}");

    let chains = [("1.0.0", "2.0.0", Moment::Before), ("2.0.0", "3.0.0", Moment::After)];
    for (deployments, (from, to, moment)) in (2..).zip(chains) {
        change(&fixture, to);
        let last = fixture.without_loss(&[from, to], || {
            for call in CALLS {
                kill_at(&fixture, &proxy, call, moment);
            }
            fixture.ops(&RECONCILE)
        });
        assert_eq!(last.exit_code, Some(0), "{last}");
        let record: Value = serde_json::from_str(&last.stdout).expect("a record");
        let outcome = &record["outcome"];
        assert!(outcome == "succeeded" || outcome == "in_sync", "{record:#}");
        is_done_once(&fixture, to, deployments);
    }
}
