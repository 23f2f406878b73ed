//! What a reconcile has made is imported as what it was, without a difference.

use std::collections::BTreeMap;

use ops_engine::import::{ImportError, ImportRequest, adopt, find};
use ops_model::declaration::{Declaration, SourceFile, read};
use ops_model::ownership::ENVIRONMENT_TAG;
use ops_plan::import::{Imported, Proof, import, prove};

use crate::fixture::{CLUSTER, Declared, Fixture, SCHEDULES};

fn request(services: &[&str]) -> ImportRequest {
    ImportRequest {
        environment: "dev".to_owned(),
        region: "ap-northeast-2".to_owned(),
        cluster: CLUSTER.to_owned(),
        services: services.iter().map(|name| (*name).to_owned()).collect(),
        schedule_group: None,
    }
}

fn proven(found: &ops_plan::import::Found) -> (Imported, Declaration, Proof) {
    let imported = import(found);
    let written = imported.written().expect("it can be written");
    let file = |name: &str, text: &str| SourceFile::new(name, text.as_bytes());
    let read = read("dev", &file("environment.yaml", &written.environment), &file("builds.yaml", &written.builds));
    let declaration = read.unwrap_or_else(|faults| panic!("{:#?}\n{}", faults.faults, written.environment));
    let proof = prove(&imported, &declaration);
    (imported, declaration, proof)
}

#[tokio::test(start_paused = true)]
async fn a_reconciled_cluster_is_imported_without_a_difference() {
    let mut fixture = Fixture::new();
    fixture.declare(Declared {
        api: "scaling: { minimum: 2, maximum: 4, cpu: { target: 60 } }\nenvironment: { LOG_LEVEL: info }",
        deployment: "strategy: canary, canary: { percent: 10, bake_minutes: 1 }",
        ..Declared::default()
    });
    let record = fixture.reconcile().await;
    assert!(record.outcome.is_success(), "{record:?}");

    let found = find(&fixture.cloud(), &request(&[])).await.expect("the account can be read");
    let (imported, declaration, proof) = proven(&found);
    assert!(proof.holds(), "{:#?}\n{:?}", proof.plan, imported.notes);
    let (was, is) = (&fixture.declaration.environment.services, &declaration.environment.services);
    assert_eq!(is.keys().collect::<Vec<_>>(), was.keys().collect::<Vec<_>>());
    for (name, service) in is {
        assert_eq!(service.workload.container, was[name].workload.container, "{name}");
        assert_eq!((&service.scaling, service.count), (&was[name].scaling, was[name].count), "{name}");
        assert_eq!(service.deployment.strategy, was[name].deployment.strategy, "{name}");
    }
    let builds: Vec<_> = declaration.builds.artifacts.values().map(|build| build.pinned_image()).collect();
    assert_eq!(builds, [fixture.declaration.builds.artifacts["app"].pinned_image()]);
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_task_is_imported_with_its_schedule() {
    let mut fixture = Fixture::new();
    let tasks =
        "report: { artifact: app, cpu: 256, memory: 512, schedule: { at: rate(1 hour), flexible_minutes: 10 } }";
    fixture.declare(Declared { tasks, ..Declared::default() });
    let record = fixture.reconcile().await;
    assert!(record.outcome.is_success(), "{record:?}");
    let with_schedules = ImportRequest { schedule_group: Some(SCHEDULES.to_owned()), ..request(&["worker"]) };
    let found = find(&fixture.cloud(), &with_schedules).await.expect("the account can be read");
    let (_, declaration, proof) = proven(&found);
    assert!(proof.holds(), "{:#?}", proof.plan);
    let (is, was) = (&declaration.environment.tasks["report"], &fixture.declaration.environment.tasks["report"]);
    assert_eq!(is.schedule, was.schedule);
}

#[tokio::test(start_paused = true)]
async fn only_what_nobody_else_owns_is_adopted() {
    let fixture = Fixture::deployed().await;
    let cloud = fixture.cloud();
    let found = find(&cloud, &request(&["api"])).await.expect("the account can be read");
    assert_eq!(found.services.keys().collect::<Vec<_>>(), ["api"]);
    let services = || found.services.values().map(|service| &service.observed);
    assert_eq!(adopt(&cloud, "dev", services()).await.expect("it is ours"), Vec::<String>::new(), "nothing to do");
    let error = adopt(&cloud, "copy", services()).await.expect_err("it is dev's");
    assert!(matches!(error, ImportError::OwnedByAnother { .. }), "{error}");

    let mut free = found.services["api"].observed.clone();
    free.tags = BTreeMap::new();
    assert_eq!(adopt(&cloud, "copy", std::iter::once(&free)).await.expect("nobody's"), ["api"]);
    let again = find(&cloud, &request(&["api"])).await.expect("the account can be read");
    let tags = &again.services["api"].observed.tags;
    assert_eq!(tags.get(ENVIRONMENT_TAG).map(String::as_str), Some("copy"));

    let missing = find(&cloud, &request(&["nobody"])).await.expect_err("there is none");
    assert!(
        matches!(missing, ImportError::NoSuchService { ref there, .. } if there.contains(&"worker".to_owned())),
        "{missing}"
    );
}
