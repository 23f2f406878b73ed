//! `POST /v1/environments/{environment}/holds`: keep a build out of an environment.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use ulid::Ulid;
use utoipa::ToSchema;

use super::Hold;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::environment;
use crate::api::path::Segments;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store;
use crate::text::{ArtifactName, Digest, EnvironmentName, Line, RequestKey};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewHold {
    artifact: ArtifactName,
    digest: Digest,
    reason: Line,
}

/// Keep a build out of an environment
#[utoipa::path(
    post, path = "/v1/environments/{environment}/holds", tag = "holds", operation_id = "create_hold",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = NewHold,
    responses((status = 201, description = "It holds from now on", body = Hold))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    key: IdempotencyKey,
    body: Body<NewHold>,
) -> Result<Response, Problem> {
    caller.must_in(Action::Restrain, &environment)?;
    let fingerprint = body.fingerprint;
    let NewHold { artifact, digest, reason } = body.read()?;
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    environment::known(write.transaction.as_mut(), &environment).await?;
    let (id, created_by) = (Ulid::generate(), caller.actor());
    let hold =
        store::Hold { id, environment: environment.clone(), artifact, digest, reason, created_by, created_at: now };
    write.transaction.add_hold(&hold).await?;
    let (subject, reason) = (format!("hold:{id}"), hold.reason.as_str());
    write.audit("hold.create", subject, Some(environment.as_str()), Some(reason)).await?;
    write.created(&Hold::from(hold)).await
}
