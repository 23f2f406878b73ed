use insta::assert_snapshot;
use ops_model::declaration::{SourceFile, read};
use ops_plan::import::copilot::{Target, import};
use ops_plan::import::ecspresso::NamedText;
use ops_plan::import::{Imported, ReadError};
use proptest::prelude::*;

const WEB: &str = r#"
name: frontend
type: Load Balanced Web Service
image:
  location: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
  port: 8080
  depends_on:
    proxy: healthy
  healthcheck:
    command: ["CMD-SHELL", "curl -f http://localhost:8080/ || exit 1"]
    interval: 15s
http:
  path: '/'
  alias: shop.example.com
  healthcheck:
    path: /healthz
    interval: 20s
    grace_period: 45s
cpu: 512
memory: 1024
platform: linux/arm64
count:
  range: 2-10
  cpu_percentage: 70
  requests:
    value: 1000
    cooldown: { in: 60s, out: 2m }
exec: true
command: serve --port 8080
variables:
  LOG_LEVEL: info
  WORKERS: 8
  API_TOKEN: abcdefghijklmnop
secrets:
  GITHUB: /copilot/shop/prod/secrets/github
  DATABASE:
    secretsmanager: 'shop/database:password::'
sidecars:
  proxy:
    image: public.ecr.aws/envoy/envoy@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    port: 9901
    healthcheck: { command: ["CMD", "/bin/true"] }
  nginx:
    image: nginx:latest
    port: 80
storage:
  ephemeral: 30
  volumes:
    cache: { path: /cache, read_only: false, efs: { id: fs-01234567, auth: { iam: true, access_point_id: fsap-01234567 } } }
network:
  connect: { alias: web }
  vpc: { placement: private }
deployment:
  rolling: recreate
  rollback_alarms: ["errors"]
observability:
  tracing: awsxray
environments:
  prod:
    count: { range: { min: 4, max: 20 } }
    variables: { LOG_LEVEL: warn }
    taskdef_overrides: [{ path: "ContainerDefinitions[0].Ulimits", value: [] }]
"#;

fn target(from_environment: Option<&str>) -> Target {
    Target {
        environment: "shop".to_owned(),
        from_environment: from_environment.map(str::to_owned),
        region: "eu-west-1".to_owned(),
        account: Some("123456789012".to_owned()),
    }
}

fn of(text: &str, from_environment: Option<&str>) -> Result<Imported, ReadError> {
    import(&target(from_environment), NamedText { name: "manifest.yml", text })
}

/// Both files and the notes of a manifest that `ops check` takes.
fn shown(imported: &Imported) -> String {
    let written = imported.written().expect("it can be written");
    let file = |name: &str, text: &str| SourceFile::new(name, text.as_bytes());
    let checked = read("shop", &file("environment.yaml", &written.environment), &file("builds.yaml", &written.builds));
    if let Err(faults) = checked {
        panic!("{:#?}\n{}", faults.faults, written.environment);
    }
    let notes = imported.notes.iter().map(|note| format!("{}: {}\n", note.place, note.text));
    format!("{}\n--- builds.yaml\n{}\n--- notes\n{}", written.environment, written.builds, notes.collect::<String>())
}

#[test]
fn a_web_service_is_read_with_what_an_environment_says() {
    assert_snapshot!("copilot_web", shown(&of(WEB, Some("prod")).expect("it can be read")));
}

#[test]
fn other_sorts_are_read() {
    let worker = "name: mailer\ntype: Worker Service\nimage: { build: ./Dockerfile }\ncount: { spot: 2 }\nsubscribe: { topics: [] }\n";
    let job = "name: report\ntype: Scheduled Job\nimage: { location: registry.example/report:1 }\non: { schedule: '0 3 * * 1-5' }\ntimeout: 30m\nretries: 2\n";
    assert_snapshot!("copilot_worker", shown(&of(worker, None).expect("it can be read")));
    assert_snapshot!("copilot_job", shown(&of(job, None).expect("it can be read")));
}

#[test]
fn what_ops_does_not_run_is_refused() {
    let error = |text: &str| of(text, None).map(|_| ()).expect_err("it is refused").to_string();
    assert_eq!(
        error("name: a\ntype: Static Site\n"),
        "`type` in manifest.yml cannot be imported: ops runs services on Fargate and scheduled tasks"
    );
    assert_eq!(error("type: Worker Service\n"), "manifest.yml says nothing of `name`");
    assert!(error("- a\n").contains("no mapping"));
    assert!(error("a: [\n").starts_with("manifest.yml cannot be read"));
}

proptest! {
    #[test]
    fn nothing_panics(at in 0..WEB.len(), to in 0..WEB.len(), junk in ".{0,12}") {
        let (at, to) = (at.min(to), at.max(to));
        let _ = of(&format!("{}{junk}{}", &WEB[..at], &WEB[at..]), Some("prod"));
        if let Ok(imported) = of(&format!("{}{}", &WEB[..at], &WEB[to..]), None) {
            prop_assert!(imported.written().is_ok());
        }
    }
}
