use ops_model::declaration::PauseEnd;

use super::*;

#[test]
fn a_paused_rollout_and_an_exception_that_ends_are_noted() {
    let service = ServiceStatus {
        service: "api".to_owned(),
        standing: ServiceStanding::Changes,
        version: Some("1.4.0".to_owned()),
        declared_digest: None,
        live_image: None,
        desired: 2,
        running: 4,
        healthy: Some(2),
        rollout: Some(RolloutStatus::InProgress),
        paused: Some(WaitForPerson {
            stage: Some("POST_SCALE_UP".to_owned()),
            command: "ops continue dev api".to_owned(),
            expires_at: "2026-01-02T03:04:05Z".parse().ok(),
            on_timeout: PauseEnd::Rollback,
        }),
    };
    let status = EnvironmentStatus {
        result: Ok(vec![service]),
        ending: vec![EndingException {
            name: "api from 203.0.113.0/24 port 8443".to_owned(),
            reason: Some("the move of the old shop".to_owned()),
            until: "2026-11-26".parse().expect("a day"),
            days_left: 3,
        }],
        ..EnvironmentStatus::unread("dev")
    };
    let shown = anstream::adapter::strip_str(&human::status(std::slice::from_ref(&status))).to_string();
    insta::assert_snapshot!("paused_human", shown);
    let document = serde_json::to_string_pretty(&json_v1::status(&[status])).expect("it serialises");
    insta::assert_snapshot!("paused_json", document);
}

fn service(name: &str, running: u32, standing: ServiceStanding) -> ServiceStatus {
    ServiceStatus {
        service: name.to_owned(),
        standing,
        version: Some("1.4.0".to_owned()),
        declared_digest: None,
        live_image: Some("image".to_owned()),
        desired: 2,
        running,
        healthy: Some(running),
        rollout: Some(RolloutStatus::Successful),
        paused: None,
    }
}

#[test]
fn one_line_for_each_environment_whatever_is_the_matter_with_it() {
    let ended = |seconds: i64, outcome: Outcome| {
        let (id, finished_at) = ("01RECORD".to_owned(), "2026-01-02T03:04:05Z".parse().expect("a time"));
        Some(LastRecord { id, outcome, finished_at, age: SignedDuration::from_secs(seconds) })
    };
    let versions = |versions: &[(&str, &str)]| {
        versions.iter().map(|(artifact, version)| ((*artifact).to_owned(), (*version).to_owned())).collect()
    };
    let well = EnvironmentStatus {
        result: Ok(vec![service("api", 2, ServiceStanding::InSync), service("worker", 2, ServiceStanding::InSync)]),
        builds: versions(&[("app", "1.4.0"), ("migrations", "1.4.0")]),
        last_record: ended(200, Outcome::Succeeded),
        ..EnvironmentStatus::unread("dev")
    };
    let mut paused = service("api", 1, ServiceStanding::Changes);
    paused.paused = Some(WaitForPerson {
        stage: Some("POST_SCALE_UP".to_owned()),
        command: "ops continue prod api".to_owned(),
        expires_at: None,
        on_timeout: PauseEnd::Rollback,
    });
    let waits = EnvironmentStatus {
        result: Ok(vec![paused, service("worker", 2, ServiceStanding::InSync)]),
        builds: versions(&[("app", "1.4.0"), ("console", "2.0.1")]),
        changes: 3,
        gates: vec![Gate::TerraformBehind { paths: vec!["network".to_owned()] }],
        last_record: ended(90_000, Outcome::RolledBack),
        ..EnvironmentStatus::unread("prod")
    };
    let mut undeployed = service("api", 0, ServiceStanding::WaitsForBuild { artifact: "app".to_owned() });
    undeployed.live_image = None;
    let new = EnvironmentStatus { result: Ok(vec![undeployed]), ..EnvironmentStatus::unread("stage") };
    let error = CommandError::new(crate::error::ErrorKind::Aws, "nobody answers");
    let lost = EnvironmentStatus { result: Err(error), ..EnvironmentStatus::unread("lost") };
    let statuses = [well, lost, waits, new];
    insta::assert_snapshot!("overview_human", anstream::adapter::strip_str(&human::overview(&statuses)));
    let document = serde_json::to_value(json_v1::status(&statuses)).expect("it serialises");
    assert_eq!(document["environments"][1]["error"], "nobody answers");
    let said = ["builds", "changes", "gates", "last_record"].map(|key| document["environments"][2][key].clone());
    insta::assert_snapshot!("overview_json", serde_json::to_string_pretty(&said).expect("it serialises"));
}
