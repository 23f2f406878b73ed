//! Reading a declaration never panics, never lies about places, and never repeats a secret.

use std::collections::BTreeMap;

use ops_model::declaration::{Build, BuildContent, Builds, Digest, FileContent, SourceFile, read};
use proptest::prelude::*;
use serde_json::json;

const ENVIRONMENT: &str = include_str!("../../../infra/environments/dev/environment.yaml");
const BUILDS: &str = include_str!("../../../infra/environments/dev/builds.yaml");

fn environment(text: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile::new("infra/environments/dev/environment.yaml", text)
}

fn builds(text: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile::new("infra/environments/dev/builds.yaml", text)
}

/// Reads, and holds what comes back against what is promised of it.
fn read_and_check(environment: &SourceFile, builds: &SourceFile) {
    let Err(faults) = read("dev", environment, builds) else { return };
    assert!(!faults.faults.is_empty());
    for fault in &faults.faults {
        assert!(!fault.message.is_empty() && fault.code.starts_with("declaration::"));
        assert_ne!(fault.code, "declaration::unreadable", "the schema lets through what the type refuses: {fault:?}");
        let Some(span) = &fault.span else { continue };
        let source = &faults.sources[&fault.file];
        assert!(source.text().get(span.clone()).is_some(), "{fault:?} is not about text of the file");
        assert!(faults.position(fault).is_some());
    }
}

#[test]
fn declaration_of_dev_is_read() {
    let declaration = read("dev", &environment(ENVIRONMENT), &builds(BUILDS)).expect("it has no faults");
    assert_eq!(declaration.environment.environment, "dev");
    assert_eq!(declaration.sha256.len(), 64);
    assert!(declaration.builds.artifacts.is_empty());
}

#[test]
fn slow_part_is_what_terraform_consumes() {
    let declaration = read("dev", &environment(ENVIRONMENT), &builds(BUILDS)).expect("it has no faults");
    let slow_part = declaration.slow_part;
    let keys: Vec<&String> = slow_part.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "environment",
            "account",
            "region",
            "ops_bucket",
            "network",
            "logs",
            "cluster",
            "registry",
            "domain",
            "load_balancer",
            "database",
            "secrets",
            "queues",
            "uploads",
            "alarms",
            "records",
            "firewall",
            "sites",
            "services",
            "tasks"
        ]
    );
    assert_eq!(slow_part["network"]["cidr"], "10.10.0.0/16");
    let service: Vec<&String> = slow_part["services"]["api"].as_object().expect("an object").keys().collect();
    assert_eq!(service, ["port", "public", "secrets", "exec", "volumes", "containers", "deployment"]);
    assert!(slow_part["services"]["api"]["secrets"].is_null());
    assert!(slow_part["services"]["api"]["containers"].is_null());
    assert_eq!(slow_part["services"]["api"]["deployment"], json!({ "strategy": null }));
    assert!(slow_part["tasks"].is_null(), "as Terraform writes it");
}

#[test]
fn slow_part_has_secrets_of_all_containers_and_schedules_of_tasks() {
    let text = format!(
        "{}\n{}",
        ENVIRONMENT.trim_end(),
        "  worker:
    artifact: app
    cpu: 256
    memory: 512
    readonly_root_filesystem: false
    exec: true
    secrets: { KEY: { from: secretsmanager:a, key: b } }
    containers:
      proxy: { artifact: proxy, secrets: { KEY: ssm:/a } }
      agent: { artifact: agent, cpu: 10 }
    connect: {}
    deployment: { strategy: canary, bake_minutes: 5 }
tasks:
  cleanup:
    artifact: app
    cpu: 256
    memory: 512
    containers: {}
    family: cleaning
    schedule: { at: rate(1 hour), enabled: false }
  migrate: { artifact: app, cpu: 256, memory: 512, before: [api] }
"
    );
    let declaration = read("dev", &environment(text), &builds(BUILDS)).expect("it has no faults");
    assert_eq!(
        declaration.slow_part["services"]["worker"],
        json!({
            "port": null,
            "public": null,
            "secrets": { "KEY": { "from": "secretsmanager:a", "key": "b" } },
            "exec": true,
            "volumes": null,
            "containers": { "proxy": { "secrets": { "KEY": "ssm:/a" } }, "agent": { "secrets": null } },
            "deployment": { "strategy": "canary" },
        })
    );
    assert_eq!(
        declaration.slow_part["tasks"],
        json!({
            "cleanup": { "secrets": null, "containers": {}, "schedule": { "at": "rate(1 hour)", "enabled": false }, "family": "cleaning", "volumes": null },
            "migrate": { "secrets": null, "containers": null, "schedule": null, "family": null, "volumes": null },
        })
    );
}

#[test]
fn byte_order_mark_and_windows_line_ends_do_no_harm() {
    let windows = format!("\u{feff}{}", ENVIRONMENT.replace('\n', "\r\n"));
    let unix = read("dev", &environment(ENVIRONMENT), &builds(BUILDS)).expect("it has no faults");
    let windows = read("dev", &environment(windows), &builds(BUILDS)).expect("it has no faults");
    assert_eq!(windows.environment, unix.environment);
    assert_eq!(windows.slow_part, unix.slow_part);
    assert_ne!(windows.sha256, unix.sha256, "the hash is of the bytes, as Terraform's filesha256 is");
}

#[test]
fn faults_after_a_byte_order_mark_are_where_they_are() {
    let text = format!("\u{feff}{}", ENVIRONMENT.replace("cpu: 256", "cpu: lots").replace('\n', "\r\n"));
    let faults = read("dev", &environment(text), &builds(BUILDS)).expect_err("`lots` is no number");
    let fault = &faults.faults[0];
    let source = &faults.sources[&fault.file];
    assert_eq!(source.text().get(fault.span.clone().expect("it is about a value")), Some("lots"));
}

#[test]
fn every_obstacle_is_a_fault() {
    let name = "infra/environments/dev/environment.yaml".to_owned();
    for content in [
        FileContent::Missing,
        FileContent::Directory,
        FileContent::SymbolicLink,
        FileContent::Unreadable("permission denied".to_owned()),
        FileContent::Bytes(vec![0xff; 8]),
        FileContent::Bytes(vec![b' '; SourceFile::LIMIT_BYTES + 1]),
    ] {
        let faults = read("dev", &SourceFile { name: name.clone(), content }, &builds("[]")).expect_err("no file");
        assert_eq!(faults.faults.len(), 2, "one for each file: {faults:?}");
    }
}

#[test]
fn empty_builds_are_written_as_people_wrote_them() {
    let nothing = Builds { version: Builds::VERSION, artifacts: BTreeMap::new(), holds: Vec::new() };
    assert_eq!(nothing.to_yaml().expect("it can be written"), BUILDS);
}

#[test]
fn every_circle_is_shown_once() {
    let service = |name: &str, after: &str| {
        format!("  {name}:\n    artifact: app\n    cpu: 256\n    memory: 512\n    after: [{after}]\n")
    };
    let services = [("a", "c"), ("b", "a"), ("c", "b"), ("d", "a, f"), ("e", "e"), ("f", "g"), ("g", "f"), ("h", "")];
    let text = services.iter().map(|(name, after)| service(name, after)).collect::<String>();
    let text = format!("{}\n{text}", ENVIRONMENT.trim_end());
    let faults = read("dev", &environment(text), &builds(BUILDS)).expect_err("there are circles");
    let mut messages: Vec<&str> = faults.faults.iter().map(|fault| fault.message.as_str()).collect();
    messages.sort_unstable();
    assert_eq!(
        messages,
        [
            "`e` waits for itself",
            "services wait for each other in a circle: `a` after `c` after `b` after `a`",
            "services wait for each other in a circle: `f` after `g` after `f`",
        ]
    );
}

fn build() -> impl Strategy<Value = Build> {
    (
        "[a-z0-9]{1,8}\\.example(:[0-9]{2,4})?(/[a-z0-9]{1,6}){1,2}",
        "[0-9a-f]{64}",
        prop_oneof![
            "[A-Za-z0-9][A-Za-z0-9._+-]{0,10}",
            "[01][01box_.e+-]{0,4}",
            "(0b|0x1F|0b11|0o7|1_000|12e5|1[.]0|on|No|null|1e999|007)"
        ],
        prop::option::of(prop_oneof!["[0-9a-f]{40}", "[0-9]{2}e[0-9]{37}", "0b[01]{38}", "[0-9]{40}"]),
        prop::option::of("[a-z]{1,8}"),
        prop::option::of("[A-Za-z\u{c0}-\u{ff}:#'\" -]{1,12} <[a-z]{1,5}@[a-z]{1,5}\\.example>"),
        prop::option::of("[0-9A-HJKMNP-TV-Z]{26}"),
    )
        .prop_map(|(image, digest, version, commit, promoted_from, promoted_by, evidence)| Build {
            content: if image.starts_with('a') {
                BuildContent::Bundle(format!("s3://slipway-ops/bundles/{digest}.json"))
            } else {
                BuildContent::Image(image)
            },
            digest: Digest(format!("sha256:{digest}")),
            version,
            commit,
            promoted_from,
            promoted_by,
            evidence,
        })
}

proptest! {
    #[test]
    fn builds_survive_writing_and_reading(artifacts in prop::collection::btree_map("[a-z][a-z0-9-]{0,10}", build(), 0..4)) {
        let written = Builds { version: Builds::VERSION, artifacts, holds: Vec::new() };
        let text = written.to_yaml().expect("it can be written");
        let declaration = read("dev", &environment(ENVIRONMENT), &builds(text.as_str()))
            .map_err(|faults| TestCaseError::fail(format!("{faults:?}\n{text}")))?;
        prop_assert_eq!(declaration.builds.to_yaml().expect("it can be written"), text);
        prop_assert_eq!(declaration.builds, written);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC*", lines in "([ \\-\\[\\]{}:&*!|>'\"#a-z0\t\r\n]){0,80}") {
        read_and_check(&environment(text), &builds(lines));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_and_check(&environment(bytes.clone()), &builds(bytes));
    }

    #[test]
    fn slips_of_the_pen_are_read_without_a_panic(
        slips in prop::collection::vec((any::<prop::sample::Index>(), 0usize..6, "[ \\-\\[\\]{}:&*!|>'\"#,a-z0-9~\n\t\u{e9}\u{1f600}]{0,5}"), 1..5),
    ) {
        let mut text: Vec<char> = ENVIRONMENT.chars().collect();
        for (place, removed, inserted) in slips {
            let start = place.index(text.len());
            let end = (start + removed).min(text.len());
            text.splice(start..end, inserted.chars());
        }
        read_and_check(&environment(text.into_iter().collect::<String>()), &builds(BUILDS));
    }

    #[test]
    fn lines_put_elsewhere_are_read_without_a_panic(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let mut lines: Vec<&str> = ENVIRONMENT.lines().collect();
        let line = lines.remove(from.index(lines.len()));
        lines.insert(to.index(lines.len()), line);
        read_and_check(&environment(lines.join("\n")), &builds(BUILDS));
    }

    #[test]
    fn secrets_are_never_repeated(secret in "[A-Za-z0-9]{12,30}", broken in any::<bool>(), quoted in any::<bool>(), in_secrets in any::<bool>()) {
        let value = if quoted { format!("\"{secret}\"") } else { format!("x{secret}") };
        let line = if in_secrets { format!("secrets:\n      THING_SECRET: {value}\n    environment:") } else { format!("environment:\n      DATABASE_PASSWORD: {value}") };
        let mut text = ENVIRONMENT.replace("environment:\n      SLIPWAY", &format!("{line}\n      SLIPWAY")).replace("cpu: 256", "cpu: many");
        if broken {
            text.push_str("\n  }{");
        }
        let faults = read("dev", &environment(text), &builds(BUILDS)).expect_err("a secret in plain");
        prop_assert!(!format!("{faults:?}").contains(&secret), "{:?}", faults);
        if !broken {
            let secrets = faults.faults.iter().filter(|fault| fault.code == "declaration::secret_in_plain").count();
            prop_assert_eq!(secrets, 1, "{:?}", faults);
        }
    }
}
