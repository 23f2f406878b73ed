use insta::assert_snapshot;
use ops_plan::import::ecspresso::{Configuration, NamedText, configuration, found};
use ops_plan::import::{Found, Note, ReadError};
use proptest::prelude::*;

use crate::found::proven;

const CONFIGURATION: &str = "\
region: eu-west-1
cluster: arn:aws:ecs:eu-west-1:123456789012:cluster/shop
service: mailer
service_definition: service.json
task_definition: task.json
timeout: 10m0s
plugins:
  - name: tfstate
";

const SERVICE: &str = r#"{
  "desiredCount": 2, "launchType": "FARGATE", "enableECSManagedTags": true, "propagateTags": "SERVICE",
  "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100,
    "deploymentCircuitBreaker": {"enable": true, "rollback": true}},
  "networkConfiguration": {"awsvpcConfiguration": {"assignPublicIp": "DISABLED", "securityGroups": ["sg-1"], "subnets": ["subnet-1"]}},
  "schedulingStrategy": "REPLICA", "serviceName": "mailer", "tags": [{"key": "team", "value": "post"}]
}"#;

const TASK: &str = r#"{
  "family": "mailer", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
  "executionRoleArn": "arn:aws:iam::123456789012:role/execution", "revision": 12,
  "containerDefinitions": [{
    "name": "mailer", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mailer:2026-10-01", "essential": true,
    "environment": [{"name": "SMTP_HOST", "value": "smtp.internal"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/mailer", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "mailer"}}
  }]
}"#;

fn read(configuration_text: &str, service: &str, task: &str) -> Result<(Found, Vec<Note>), ReadError> {
    let configuration: Configuration = configuration(NamedText { name: "ecspresso.yml", text: configuration_text })?;
    let file = |name, text| NamedText { name, text };
    found("shop", &configuration, file("service.json", service), file("task.json", task))
}

#[test]
fn a_rendered_directory_is_read_and_proven() {
    let (found, notes) = read(CONFIGURATION, SERVICE, TASK).expect("it can be read");
    let (imported, text, _, proof) = proven(&found);
    assert!(proof.holds(), "{:#?}", proof.plan);
    let notes = notes.iter().chain(&imported.notes).map(|note| format!("{}: {}\n", note.place, note.text));
    assert_snapshot!("ecspresso", format!("{text}\n--- notes\n{}", notes.collect::<String>()));
}

#[test]
fn templates_are_refused_with_their_place() {
    let error = |result: Result<_, ReadError>| result.map(|_: (Found, Vec<Note>)| ()).expect_err("it is refused");
    let template = error(read(CONFIGURATION, SERVICE, "{\n  \"family\": \"{{ must_env `FAMILY` }}\"\n}"));
    assert_eq!(template.to_string(), "task.json:2:14 is a template, which only the tool itself can evaluate");
    assert!(template.remedy().is_some_and(|remedy| remedy.contains("ecspresso render")));
    let configuration_template = error(read("region: '{{ env `R` }}'", SERVICE, TASK));
    assert!(configuration_template.to_string().starts_with("ecspresso.yml:1:10"), "{configuration_template}");
    let jsonnet = configuration(NamedText { name: "ecspresso.jsonnet", text: "{}" }).expect_err("it is refused");
    assert!(jsonnet.remedy().is_some());
    assert_eq!(error(read(CONFIGURATION, SERVICE, "{}")).to_string(), "task.json says nothing of `family`");
    assert_eq!(error(read("region: x", SERVICE, TASK)).to_string(), "ecspresso.yml says nothing of `cluster`");
    let large = " ".repeat(2 * 1024 * 1024);
    assert!(error(read(CONFIGURATION, &large, TASK)).to_string().contains("bytes"));
}

proptest! {
    #[test]
    fn nothing_panics(configuration_text in ".{0,80}", from in 0..SERVICE.len(), to in 0..TASK.len(), junk in ".{0,8}") {
        let _ = read(&configuration_text, SERVICE, TASK);
        let broken = |text: &str, at: usize| format!("{}{junk}{}", &text[..at], &text[at..]);
        if let Ok((found, _)) = read(CONFIGURATION, &broken(SERVICE, from), &broken(TASK, to)) {
            prop_assert!(ops_plan::import::import(&found).written().is_ok());
        }
    }
}
