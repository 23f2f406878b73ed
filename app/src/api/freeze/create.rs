//! `POST /v1/environments/{environment}/freezes`: leave an environment alone.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::Freeze;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::environment;
use crate::api::path::Segments;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::jobs::{JobContent, Notice, NoticeEvent};
use crate::problem::Problem;
use crate::store::{self, Job};
use crate::text::{EnvironmentName, Line, RequestKey};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFreeze {
    /// None: until somebody lifts it.
    #[serde(default)]
    expires_at: Option<Timestamp>,
    reason: Line,
}

/// Leave an environment alone
#[utoipa::path(
    post, path = "/v1/environments/{environment}/freezes", tag = "freezes", operation_id = "create_freeze",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = NewFreeze,
    responses((status = 201, description = "It holds from now on", body = Freeze))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    key: IdempotencyKey,
    body: Body<NewFreeze>,
) -> Result<Response, Problem> {
    caller.must_in(Action::Restrain, &environment)?;
    let fingerprint = body.fingerprint;
    let NewFreeze { expires_at, reason } = body.read()?;
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    environment::known(write.transaction.as_mut(), &environment).await?;
    let (id, created_by) = (Ulid::generate(), caller.actor());
    let freeze =
        store::Freeze { id, environment: environment.clone(), expires_at, reason, created_by, created_at: now };
    write.transaction.add_freeze(&freeze).await?;
    let notice = Notice {
        event: NoticeEvent::FreezeBegun,
        environment: environment.to_string(),
        title: format!("{environment} is frozen"),
        text: freeze.reason.to_string(),
        subject: format!("freeze:{}", freeze.id),
        at: now,
    };
    write.transaction.add_job(&Job::new(JobContent::Announce { notice }, now)).await?;
    let (subject, reason) = (format!("freeze:{id}"), freeze.reason.as_str());
    write.audit("freeze.create", subject, Some(environment.as_str()), Some(reason)).await?;
    write.created(&Freeze::from(freeze)).await
}
