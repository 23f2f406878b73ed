//! `POST /v1/environments/{environment}/deployments`: a record of the engine.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ops_model::outcome::Outcome;
use ops_model::record::Record;
use sha2::{Digest as _, Sha256};

use super::Deployment;
use crate::api::body::Document;
use crate::api::caller::Caller;
use crate::api::environment;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::jobs::{JobContent, Notice, NoticeEvent};
use crate::problem::Problem;
use crate::store::{self, Job, Page, PromotionState, StoreError, Transaction};
use crate::text::EnvironmentName;

/// Keep a record of the engine
///
/// The body is the record as `ops` stored it, byte for byte. Sent again it changes nothing.
#[utoipa::path(
    post, path = "/v1/environments/{environment}/deployments", tag = "deployments", operation_id = "create_deployment",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment")),
    request_body(content = Object, description = "A record, up to 1 MiB"),
    responses(
        (status = 200, description = "It was kept before", body = Deployment),
        (status = 201, description = "It is kept", body = Deployment),
    )
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    document: Document,
) -> Result<Response, Problem> {
    caller.must_in(Action::ReportEnvironment, &environment)?;
    let text = document.read()?;
    let record = record(&text, &environment)?;
    let mut write = control_plane.write(&caller).await?;
    environment::known(write.transaction.as_mut(), &environment).await?;
    let deployment = of(&record, text, &environment, caller.actor(), write.now)?;
    match write.transaction.add_deployment(&deployment).await {
        Ok(()) => {}
        Err(StoreError::Conflict) => {
            let known = write.transaction.deployment(&environment, deployment.id).await?;
            return match known.filter(|known| known.record_sha256 == deployment.record_sha256) {
                Some(known) => Ok((StatusCode::OK, Json(Deployment::from(known))).into_response()),
                None => Err(Problem::conflict("another record has this id")),
            };
        }
        Err(other) => return Err(other.into()),
    }
    if let Some(notice) = notice(&record, &deployment) {
        write.transaction.add_job(&Job::new(JobContent::Announce { notice }, write.now)).await?;
    }
    if matches!(record.outcome, Outcome::Succeeded | Outcome::InSync) {
        complete_promotions(write.transaction.as_mut(), &record, &deployment).await?;
    }
    let subject = format!("deployment:{}", deployment.id);
    write.audit("deployment.create", subject, Some(environment.as_str()), None).await?;
    write.commit().await?;
    Ok((StatusCode::CREATED, Json(Deployment::from(deployment))).into_response())
}

/// # Errors
///
/// 422 for what is no record of this environment.
fn record(text: &str, environment: &EnvironmentName) -> Result<Record, Problem> {
    let unfit = |detail: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let record: Record = serde_json::from_str(text).map_err(|error| unfit(format!("not a record of ops: {error}")))?;
    if record.environment != environment.as_str() {
        return Err(unfit(format!("the record is of {:?}", record.environment)));
    }
    Ok(record)
}

fn of(
    record: &Record,
    text: String,
    environment: &EnvironmentName,
    created_by: String,
    now: jiff::Timestamp,
) -> Result<store::Deployment, Problem> {
    let unfit = |detail| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    let operation = serde_json::to_value(record.operation).map_err(|error| Problem::internal(&error))?;
    if record.commit.len() > 64 || record.actor.arn.len() > 2048 {
        return Err(unfit("the record's commit or actor is too long"));
    }
    Ok(store::Deployment {
        id: record.id.parse().map_err(|_| unfit("the record's id is not a ULID"))?,
        environment: environment.clone(),
        operation: operation.as_str().map(str::to_owned).unwrap_or_default(),
        commit: record.commit.clone(),
        outcome: record.outcome,
        actor: record.actor.arn.clone(),
        started_at: microseconds(record.started_at),
        finished_at: microseconds(record.finished_at),
        record_sha256: Sha256::digest(&text).into(),
        record: text,
        created_by,
        created_at: now,
    })
}

/// As the database keeps it.
fn microseconds(moment: jiff::Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

/// What people are told of it; nothing where nothing happened.
fn notice(record: &Record, deployment: &store::Deployment) -> Option<Notice> {
    let (event, what) = match record.outcome {
        Outcome::InSync | Outcome::NotStarted | Outcome::Held | Outcome::Paused => return None,
        Outcome::Succeeded => (NoticeEvent::DeploymentSucceeded, "was deployed"),
        Outcome::Interrupted => (NoticeEvent::DeploymentFailed, "was interrupted"),
        Outcome::TimedOut => (NoticeEvent::DeploymentFailed, "still rolls out, and nobody waits for it any more"),
        Outcome::Superseded => (NoticeEvent::DeploymentFailed, "was superseded"),
        Outcome::Stopped => (NoticeEvent::DeploymentFailed, "was stopped"),
        Outcome::NotVerified => (NoticeEvent::DeploymentFailed, "serves, but a scenario failed"),
        Outcome::RolledBack => (NoticeEvent::DeploymentFailed, "was rolled back"),
        Outcome::Failed => (NoticeEvent::DeploymentFailed, "failed"),
    };
    let commit = record.commit.get(..12).unwrap_or(&record.commit);
    let reasons = record
        .outcomes
        .iter()
        .filter_map(|outcome| outcome.reason.as_ref().map(|reason| format!("{}: {reason}", outcome.name)));
    Some(Notice {
        event,
        environment: record.environment.clone(),
        title: format!("{}: {commit} {what}", record.environment),
        text: record.error.iter().cloned().chain(reasons).collect::<Vec<_>>().join("\n"),
        subject: format!("deployment:{}", deployment.id),
        at: deployment.finished_at,
    })
}

/// Those whose every artifact the record declares.
async fn complete_promotions(
    transaction: &mut dyn Transaction,
    record: &Record,
    deployment: &store::Deployment,
) -> Result<(), Problem> {
    for promotion in transaction.promotions(&deployment.environment, Page::ALL).await? {
        if promotion.state != PromotionState::Open {
            continue;
        }
        let Some(build) = transaction.build(promotion.build_id).await? else { continue };
        let is_there = |artifact: &store::Artifact| {
            let declared = record.builds.artifacts.get(artifact.name.as_str());
            declared.is_some_and(|declared| declared.digest.0 == artifact.digest.as_str())
        };
        if build.artifacts.iter().all(is_there) {
            let (state, revision) = (PromotionState::Completed, promotion.revision + 1);
            let done = store::Promotion { state, revision, updated_at: deployment.created_at, ..promotion };
            transaction.update_promotion(&done).await?;
        }
    }
    Ok(())
}
