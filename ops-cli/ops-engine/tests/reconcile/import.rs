//! What a reconcile has made is imported as what it was, without a difference.

use std::collections::BTreeMap;

use ops_engine::import::{ImportError, ImportRequest, adopt, find};
use ops_engine::reconcile::survey;
use ops_model::declaration::{Capacity, Declaration, Service, Sidecar, SourceFile, Strategy, Workload, read};
use ops_model::ownership::ENVIRONMENT_TAG;
use ops_plan::import::{Found, Imported, Proof, import, prove};
use proptest::prelude::{prop_assert, prop_assert_eq};
use proptest::test_runner::TestCaseError;

use crate::fixture::{BUCKET, CLUSTER, Declared, Fixture, SCHEDULES, platform};

fn request(services: &[&str]) -> ImportRequest {
    ImportRequest {
        environment: "dev".to_owned(),
        region: "ap-northeast-2".to_owned(),
        cluster: CLUSTER.to_owned(),
        services: services.iter().map(|name| (*name).to_owned()).collect(),
        schedule_group: None,
    }
}

fn proven(found: &Found) -> (Imported, Declaration, Proof) {
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

/// All services, and the tasks that a clock starts. `None`: no service is declared, and none is there.
pub(crate) async fn everything_found(fixture: &Fixture) -> Result<Option<Found>, TestCaseError> {
    let schedule_group = platform(&fixture.declaration).schedules.map(|schedules| schedules.group);
    match find(&fixture.cloud(), &ImportRequest { schedule_group, ..request(&[]) }).await {
        Err(ImportError::NoServices { .. }) if fixture.declaration.environment.services.is_empty() => Ok(None),
        Err(error) => Err(TestCaseError::fail(format!("{error:?}"))),
        Ok(found) => Ok(Some(found)),
    }
}

/// What the account holds is read into the declaration that it was made from, as far as AWS knows of it: paths of rolling
/// services, the order of services, and tasks that no clock starts are git's alone.
pub(crate) async fn is_imported_as_declared(fixture: &Fixture) -> Result<(), TestCaseError> {
    let declared = &fixture.declaration;
    let Some(found) = everything_found(fixture).await? else { return Ok(()) };
    let (imported, mut declaration, proof) = proven(&found);
    prop_assert!(proof.holds(), "{:#?}\n{:#?}", proof.plan, imported.environment);

    // Read back from its text it is as good as what was declared, to the same account and the same contract.
    BUCKET.clone_into(&mut declaration.environment.ops_bucket);
    let plan =
        survey(&fixture.cloud(), &fixture.account.clock(), &declaration).await.expect("the account can be read").plan;
    prop_assert!(plan.in_sync(), "{:#?}\n{:#?}", plan.waves, declaration.environment);

    prop_assert!(declaration.environment.services.keys().eq(declared.environment.services.keys()));
    for (name, is) in &declaration.environment.services {
        same_service(is, &declared.environment.services[name], &pinned(declared), &pinned(&declaration))?;
    }
    let scheduled = declared.environment.tasks.iter().filter(|(_, task)| task.schedule.is_some());
    prop_assert!(declaration.environment.tasks.keys().eq(scheduled.clone().map(|(name, _)| name)));
    for (name, was) in scheduled {
        let is = &declaration.environment.tasks[name];
        prop_assert_eq!(&is.schedule, &was.schedule);
        // A schedule is not tagged, and neither is what it starts.
        let was_workload = Workload { tags: BTreeMap::new(), ..was.workload.clone() };
        same_workload(&is.workload, &was_workload, &pinned(declared), &pinned(&declaration))?;
        prop_assert!(is.overrides.is_empty() || !was.overrides.is_empty(), "{:?}", is.overrides);
    }
    Ok(())
}

/// Images by artifact.
type Images = BTreeMap<String, String>;

fn pinned(declaration: &Declaration) -> Images {
    let builds = declaration.builds.artifacts.iter();
    builds.map(|(name, build)| (name.clone(), build.pinned())).collect()
}

fn same_service(is: &Service, was: &Service, images: &Images, is_images: &Images) -> Result<(), TestCaseError> {
    same_workload(&is.workload, &was.workload, images, is_images)?;
    prop_assert_eq!(&is.connect, &was.connect);
    prop_assert_eq!(is.public.is_some(), was.public.is_some());
    if let (Some(is_public), Some(was_public)) = (&is.public, &was.public) {
        prop_assert_eq!(&is_public.health.path, &was_public.health.path);
        if was.deployment.strategy != Strategy::Rolling {
            prop_assert_eq!(&is_public.path, &was_public.path);
        }
    }
    prop_assert_eq!(&is.scaling, &was.scaling);
    // Whose the number is that nobody declares, AWS does not know.
    prop_assert!(is.count == was.count || was.count.is_none() && was.scaling.is_none(), "{:?}", is.count);
    prop_assert_eq!(is.exec, was.exec);
    prop_assert_eq!(&is.deployment.pauses, &was.deployment.pauses);
    prop_assert_eq!(&is.deployment.alarms, &was.deployment.alarms);
    prop_assert_eq!(&is.deployment.early_success, &was.deployment.early_success);
    prop_assert_eq!(&is.deployment.circuit_breaker, &was.deployment.circuit_breaker);
    let percents = |service: &Service| (service.deployment.minimum_healthy_percent, service.deployment.maximum_percent);
    prop_assert_eq!(percents(is), percents(was));
    prop_assert_eq!(is.deployment.strategy, was.deployment.strategy);
    prop_assert_eq!(is.deployment.bake_minutes.unwrap_or(0), was.deployment.bake_minutes.unwrap_or(0));
    prop_assert_eq!(is.deployment.canary.unwrap_or_default(), was.deployment.canary.unwrap_or_default());
    prop_assert_eq!(is.deployment.linear.unwrap_or_default(), was.deployment.linear.unwrap_or_default());
    prop_assert!(is.overrides.is_empty() || !was.overrides.is_empty(), "{:?}", is.overrides);
    Ok(())
}

fn same_workload(is: &Workload, was: &Workload, images: &Images, is_images: &Images) -> Result<(), TestCaseError> {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Workload {
        container,
        artifact,
        container_name,
        family,
        cpu,
        memory,
        architecture,
        ephemeral_storage_gib,
        volumes,
        containers,
        capacity,
        platform_version,
        tags,
    } = was;
    prop_assert_eq!(&is.container, container);
    prop_assert_eq!(is_images.get(&is.artifact), images.get(artifact));
    prop_assert_eq!(&is.container_name, container_name);
    prop_assert_eq!(&is.family, family);
    prop_assert_eq!((is.cpu, is.memory, is.architecture), (*cpu, *memory, *architecture));
    prop_assert_eq!(is.ephemeral_storage_gib, *ephemeral_storage_gib);
    prop_assert_eq!(&is.volumes, volumes);
    let resolved = |containers: &BTreeMap<String, Sidecar>, images: &Images| -> BTreeMap<String, Sidecar> {
        let resolve = |sidecar: &Sidecar| {
            let built = sidecar.artifact.as_ref().and_then(|artifact| images.get(artifact).cloned());
            Sidecar { artifact: None, image: sidecar.image.clone().or(built), ..sidecar.clone() }
        };
        containers.iter().map(|(name, sidecar)| (name.clone(), resolve(sidecar))).collect()
    };
    prop_assert_eq!(resolved(&is.containers, is_images), resolved(containers, images));
    // Fargate alone is what nobody has to say, and the only provider gets all tasks.
    let spot = |capacity: &Option<Capacity>| capacity.filter(|it| it.fargate_spot.is_some());
    prop_assert_eq!(spot(&is.capacity), spot(capacity));
    prop_assert_eq!(&is.platform_version, platform_version);
    prop_assert_eq!(&is.tags, tags);
    Ok(())
}
