//! Scenarios against what runs: the real program hurl, through the load balancer of the local AWS.

use insta::assert_snapshot;
use serde_json::Value;

use crate::filters;
use crate::fixture::{Fixture, PORT, WORKLOADS};

const LABEL: &str = "answers";

/// What a good build answers.
const GOOD: &str = r#"{"/version": {"version": "1.0.0", "token": "${ECHO}"}, "/healthz": "alive\n"}"#;
/// The bad one starts, is healthy, and has lost a table.
const BAD: &str = r#"{"/version": {"version": "2.0.0", "error": "no such table: users"}, "/healthz": "alive\n"}"#;

const SCENARIO: &str = "\
# The version that answers has all its tables.
GET {{url}}/healthz
HTTP 200

GET {{url}}/version
HTTP 200
[Asserts]
jsonpath \"$.version\" exists
jsonpath \"$.error\" not exists
";

const PLANTED: &str = "planted-secret-7";

fn declared(rest: &str) -> String {
    let scenario = format!("scenarios:\n  api:\n    file: infra/scenarios/api.hurl\n{rest}");
    format!("{WORKLOADS}{scenario}")
}

/// Build 1.0.0, whose scenario has passed.
fn deployed(rest: &str) -> Fixture {
    let fixture = Fixture::start_with(&declared(rest));
    // For the one that names it.
    fixture.account.put_parameter("/slipway/dev/scenarios/token", PLANTED);
    fixture.team.write("infra/scenarios/api.hurl", SCENARIO);
    fixture.team.commit_all("Say what works");
    fixture.build_of("app", "1.0.0", PORT, &[(LABEL, GOOD)]);
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    fixture
}

#[test]
fn a_build_that_fails_its_scenario_is_rolled_back_and_the_line_is_named() {
    let _filters = filters::bind();
    let fixture = deployed("    after_failure: roll_back\n");
    assert_snapshot!("verified", fixture.ops(&["verify", "dev"]));
    let good = fixture.account.service("dev", "api")["taskDefinition"].clone();

    fixture.build_of("app", "2.0.0", PORT, &[(LABEL, BAD)]);
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(4), "{run}");
    assert_snapshot!("failed_and_rolled_back", run);
    assert_eq!(fixture.account.service("dev", "api")["taskDefinition"], good);

    assert_snapshot!("plan_of_what_was_rolled_back", fixture.ops(&["plan", "dev"]));
    let held = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(held.exit_code, Some(3), "{held}");
    let promoted = fixture.ops(&["promote", "dev", "prod"]);
    assert_eq!(promoted.exit_code, Some(1), "{promoted}");

    let back = fixture.ops(&["rollback", "dev"]);
    assert_eq!(back.exit_code, Some(0), "{back}");
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    assert!(run.stdout.contains("scenario api"), "{run}");
}

#[test]
fn a_site_goes_back_with_the_service_whose_scenario_failed() {
    let _filters = filters::bind();
    let fixture = deployed("    after_failure: roll_back\nsites:\n  console: { artifact: console }\n");
    let platform = fixture.account.get_object("slipway-dev-ops", "platform.json");
    let domain_name = platform["sites"]["console"]["domain_name"].as_str().expect("a name");
    let promote = |version: &str| {
        let folder = fixture.team.folder().join(format!("dist-{version}"));
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::write(folder.join("index.html"), version).expect("a file");
        let bundle = format!("console={}", folder.display());
        let run = fixture.ops(&["promote", "dev", "--bundle", &bundle, "--build-version", version]);
        assert_eq!(run.exit_code, Some(0), "{run}");
    };
    promote("1.0.0");
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(0), "{run}");

    fixture.build_of("app", "2.0.0", PORT, &[(LABEL, BAD)]);
    promote("2.0.0");
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(run.exit_code, Some(4), "{run}");
    assert!(run.stdout.contains("site console  rolled back"), "{run}");
    assert_eq!(fixture.account.browse(domain_name, "/").text, "1.0.0");
    assert_snapshot!("plan_of_a_site_that_went_back", fixture.ops(&["plan", "dev"]));
    let held = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(held.exit_code, Some(3), "{held}");
}

#[test]
fn reports_say_what_failed_and_a_planted_secret_is_in_none_of_them() {
    let _filters = filters::bind();
    let fixture = deployed("    secrets: { token: ssm:/slipway/dev/scenarios/token }\n");
    // The answer repeats it, and so does the question.
    let scenario = "GET {{url}}/version?token={{token}}\nHTTP 200\n[Asserts]\njsonpath \"$.token\" == \"{{token}}x\"\n";
    fixture.team.write("infra/scenarios/api.hurl", scenario);
    fixture.team.edit("dev", "LOG_LEVEL: info", &format!("LOG_LEVEL: info\n      ECHO: {PLANTED}"));
    fixture.team.commit_all("Ask with a token");
    let run = fixture.ops(&["reconcile", "dev", "--yes", "--output", "json"]);
    assert_eq!(run.exit_code, Some(11), "{run}");
    let document: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(document["outcome"], "not_verified");
    let scenario = document["services"].as_array().expect("outcomes").iter().find(|it| it["kind"] == "scenario");
    let failure = &scenario.expect("it was run")["evidence"]["scenario"]["failures"][0];
    assert_eq!((failure["line"].as_u64(), failure["status"].as_u64()), (Some(4), Some(200)), "{failure}");
    assert!(failure["body"].as_str().is_some_and(|body| body.contains("***")), "{failure}");

    let (junit, json) = (fixture.team.folder().join("report.xml"), fixture.team.folder().join("report.json"));
    let reports = ["--report-junit", &*junit.to_string_lossy(), "--report-json", &*json.to_string_lossy()];
    let alone = fixture.ops(&[&["verify", "dev"][..], &reports].concat());
    assert_eq!(alone.exit_code, Some(11), "{alone}");
    let read = |path| std::fs::read_to_string(path).expect("a report");
    let (junit, json) = (read(&junit), read(&json));
    assert_snapshot!("junit", junit);
    serde_json::from_str::<Value>(&json).expect("JSON");
    let history = fixture.ops(&["history", "dev", "--output", "json"]);
    // The plan has it, because the test itself puts it into a plain variable; what scenarios say has not.
    for text in [&junit, &json, &alone.stdout, &alone.stderr] {
        assert!(!text.contains(PLANTED), "{text}");
    }
    let records: Value = serde_json::from_str(&history.stdout).expect("JSON");
    assert!(!records["records"][0]["services"].to_string().contains(PLANTED), "{history}");
    assert!(!document["services"].to_string().contains(PLANTED), "{run}");
}

#[test]
fn a_file_that_is_no_hurl_file_is_shown_with_its_line_and_not_accepted_in_a_push() {
    let _filters = filters::bind();
    let fixture = deployed("");
    fixture.team.write("infra/scenarios/api.hurl", "GET {{url}}/version\nHTTP 200\n[Assertz]\nstatus == 200\n");
    assert_snapshot!("syntax", fixture.ops(&["check", "dev"]));
    fixture.team.commit_all("Break a scenario");
    let bare = fixture.team.bare().to_string_lossy().into_owned();
    let installed = fixture.ops(&["hook", "install", &bare]);
    assert_eq!(installed.exit_code, Some(0), "{installed}");
    let push = fixture.git(&["push", "origin", "main"]);
    assert_ne!(push.exit_code, Some(0), "{push}");
    assert!(push.stderr.contains("infra/scenarios/api.hurl:3"), "{push}");

    // A push of a scenario alone reconciles who names it.
    fixture.team.write("infra/scenarios/api.hurl", &SCENARIO.replace("exists", "exists # still"));
    fixture.team.commit_all("Correct it");
    let push = fixture.git(&["push", "origin", "main"]);
    assert_eq!(push.exit_code, Some(0), "{push}");
    assert!(push.stderr.contains("scenarios: api") && push.stderr.contains("dev: succeeded"), "{push}");
}

#[test]
fn a_file_that_is_missing_is_a_fault_and_one_that_is_not_committed_is_not_reconciled() {
    let fixture = deployed("");
    fixture.team.write("infra/scenarios/api.hurl", &format!("{SCENARIO}\n# more\n"));
    let run = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert!(run.stderr.contains("uncommitted changes in infra/scenarios/api.hurl"), "{run}");
    std::fs::remove_file(fixture.team.clone_folder().join("infra/scenarios/api.hurl")).expect("it was there");
    let run = fixture.ops(&["check", "dev"]);
    assert_eq!(run.exit_code, Some(1), "{run}");
    assert!(run.stdout.contains("infra/scenarios/api.hurl: a scenario names this file"), "{run}");
}

#[test]
fn without_the_program_nothing_is_changed_and_check_says_what_it_did_not_do() {
    let _filters = filters::bind();
    let fixture = deployed("");
    let without = |arguments: &[&str]| {
        let mut command = fixture.command(arguments);
        command.env("PATH", fixture.team.path_without("hurl"));
        fixture.run(&command.output().expect("ops starts"))
    };
    assert_snapshot!("no_program", without(&["verify", "dev"]));
    assert_snapshot!("check_without_the_program", without(&["check", "dev"]));
}

#[test]
fn an_interruption_ends_the_requests() {
    let fixture = deployed("    timeout_seconds: 600\n");
    // It would go on for an hour.
    fixture.team.write("infra/scenarios/api.hurl", "GET {{url}}/healthz\n[Options]\ndelay: 3600s\nHTTP 200\n");
    let mut running = fixture.spawn(&["verify", "dev"]);
    running.until_it_says("scenario api");
    running.interrupt();
    let run = fixture.finish(running);
    assert_eq!(run.exit_code, Some(130), "{run}");
}

#[test]
fn a_part_of_a_plan_is_shown_and_made() {
    let _filters = filters::bind();
    let fixture = Fixture::deployed();
    fixture.build("2.0.0", PORT);
    assert_snapshot!("plan_of_a_part", fixture.ops(&["plan", "dev", "--only", "service/worker"]));
    let run = fixture.ops(&["reconcile", "dev", "--yes", "--only", "service/worker"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let document = fixture.json(&["plan", "dev", "--only", "task", "--only", "scaling"]);
    assert_eq!(document["changes"], serde_json::json!([]));
    assert_eq!(document["left_out"][0]["service"], "api");
    for (only, code) in [("service/wroker", 1), ("servce", 64), ("scenario/api", 64)] {
        let run = fixture.ops(&["plan", "dev", "--only", only]);
        assert_eq!(run.exit_code, Some(code), "{run}");
    }
}
