//! `GET /docs/`: the API's description for people, with all that the page needs: no script comes from elsewhere.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use utoipa_swagger_ui::{Config, serve};

use super::not_found;

/// The page computes styles as it goes; its scripts are files of its own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn router() -> Router {
    let config = Arc::new(Config::from("/openapi.json"));
    let index = Arc::clone(&config);
    Router::new()
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(async move |uri: Uri| file("", index, uri).await))
        .route("/docs/{*file}", get(async move |Path(name): Path<String>, uri: Uri| file(&name, config, uri).await))
}

/// Seconds: the files keep their names from one version to the next.
const KEPT: &str = "max-age=3600";

async fn file(name: &str, config: Arc<Config<'static>>, uri: Uri) -> Response {
    let Ok(Some(file)) = serve(name, config) else { return not_found(uri).await.into_response() };
    let content_type = HeaderValue::from_str(&file.content_type);
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static("application/octet-stream"))),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static(KEPT)),
    ];
    // Compressed when it was built: every browser takes that, and none has to wait for it.
    let gzip = file.gzpipped.then_some([(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
    (headers, gzip, file.bytes.into_owned()).into_response()
}
