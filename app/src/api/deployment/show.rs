//! `GET /v1/environments/{environment}/deployments/{id}`: one record.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use ulid::Ulid;

use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::text::EnvironmentName;

/// One record of the engine, byte for byte
#[utoipa::path(
    get, path = "/v1/environments/{environment}/deployments/{id}", tag = "deployments", operation_id = "show_deployment",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), ("id" = Ulid, Path, description = "Of the record")),
    responses((status = 200, description = "The record", content_type = "application/json", body = Object))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments((environment, id)): Segments<(EnvironmentName, Ulid)>,
) -> Result<Response, Problem> {
    caller.must_in(Action::ReadEnvironment, &environment)?;
    let mut transaction = control_plane.store.begin_read(&caller.reader()).await?;
    let deployment = transaction.deployment(&environment, id).await?;
    let deployment = deployment.ok_or_else(|| Problem::not_found("there is no such deployment"))?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], deployment.record).into_response())
}
