//! `GET /version`: the build that answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::Version;

pub(crate) async fn handler(State(version): State<Arc<Version>>) -> Json<Version> {
    Json(Version::clone(&version))
}
