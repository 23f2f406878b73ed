//! `GET /v1/environments/{environment}/deployments/export`: all of it, for another program.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures::stream;

use super::filter::Wanted;
use crate::api::caller::Caller;
use crate::api::path::Segments;
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::problem::Problem;
use crate::store::{Page, StoreError};
use crate::text::EnvironmentName;

/// Records that are read at a time.
const STEP: u32 = 50;

/// All records, newest first, one a line
///
/// The answer is sent while it is read; one that ends early is cut, and never looks whole.
#[utoipa::path(
    get, path = "/v1/environments/{environment}/deployments/export", tag = "deployments", operation_id = "export_deployments",
    security(("bearer" = [])),
    params(("environment" = EnvironmentName, Path, description = "Name of the environment"), Wanted),
    responses((status = 200, description = "JSON lines", content_type = "application/x-ndjson", body = String))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    Segments(environment): Segments<EnvironmentName>,
    wanted: Wanted,
) -> Result<Response, Problem> {
    caller.must_in(Action::ReadEnvironment, &environment)?;
    let asked = wanted.asked()?;
    let reader = caller.reader();
    let parts = stream::try_unfold(Some(asked.page().after), move |state| {
        let (control_plane, environment, reader) = (control_plane.clone(), environment.clone(), reader.clone());
        async move {
            let Some(after) = state else { return Ok::<_, StoreError>(None) };
            // No transaction is held while the client reads.
            let mut transaction = control_plane.store.begin_read(&reader).await?;
            let page = Page { after, limit: STEP };
            let found = transaction.deployments(&environment, wanted.filter(), page).await?;
            let next = found.last().filter(|_| found.len() == STEP as usize).map(|last| Some(last.id));
            let lines: String = found.iter().map(|deployment| one_line(&deployment.record)).collect();
            Ok(Some((Bytes::from(lines), next)))
        }
    });
    let ndjson = HeaderValue::from_static("application/x-ndjson");
    Ok(([(header::CONTENT_TYPE, ndjson)], Body::from_stream(parts)).into_response())
}

/// The record's JSON without line breaks: inside of a JSON text they stand between its parts alone.
fn one_line(record: &str) -> String {
    format!("{}\n", record.replace(['\r', '\n'], " ").trim_end())
}
