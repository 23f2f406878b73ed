//! `POST /v1/builds`: tell of a build.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Deserializer, de};
use ulid::Ulid;
use utoipa::ToSchema;

use super::Build;
use crate::api::body::Body;
use crate::api::caller::Caller;
use crate::api::write::{Attempt, IdempotencyKey};
use crate::authorisation::Action;
use crate::control_plane::ControlPlane;
use crate::identity::Place;
use crate::problem::Problem;
use crate::store::{self, Artifact, StoreError, TestReport};
use crate::text::{CommitId, RequestKey, Version};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBuild {
    commit: CommitId,
    version: Version,
    /// At least one; each has a name of its own.
    #[schema(min_items = 1)]
    #[serde(deserialize_with = "some")]
    artifacts: Vec<Artifact>,
    test_report: TestReport,
}

/// Tell of a build, from CI
#[utoipa::path(
    post, path = "/v1/builds", tag = "builds", operation_id = "create_build",
    security(("bearer" = [])),
    params(("Idempotency-Key" = Option<RequestKey>, Header, description = "Which request this is: sent again, it is done once")),
    request_body = NewBuild,
    responses((status = 201, description = "It is kept", body = Build))
)]
pub(crate) async fn handler(
    State(control_plane): State<ControlPlane>,
    caller: Caller,
    key: IdempotencyKey,
    body: Body<NewBuild>,
) -> Result<Response, Problem> {
    caller.must(Action::SubmitBuild, &Place::Everywhere)?;
    let fingerprint = body.fingerprint;
    let NewBuild { commit, version, artifacts, test_report } = body.read()?;
    let names: BTreeSet<_> = artifacts.iter().map(|artifact| &artifact.name).collect();
    if names.len() != artifacts.len() {
        return Err(Problem::conflict("two artifacts have the same name"));
    }
    let mut write = match control_plane.write_once(&caller, key, fingerprint).await? {
        Attempt::First(write) => write,
        Attempt::Again(answer) => return Ok(answer),
    };
    let now = write.now;
    let created_by = caller.actor();
    let build =
        store::Build { id: Ulid::generate(), commit, version, artifacts, test_report, created_by, created_at: now };
    write.transaction.add_build(&build).await.map_err(|error| match error {
        StoreError::Conflict => Problem::conflict("there is a build of this commit, and a build never changes"),
        other => other.into(),
    })?;
    write.audit("build.create", format!("build:{}", build.id), None, None).await?;
    write.created(&Build::from(build)).await
}

fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Artifact>, D::Error> {
    let artifacts = Vec::deserialize(deserializer)?;
    if artifacts.is_empty() { Err(de::Error::invalid_length(0, &"at least one artifact")) } else { Ok(artifacts) }
}
