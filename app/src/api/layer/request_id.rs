//! A name for each request: in its answer's header, in the log, in its trace, and in the problem that it ends with.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use ulid::Ulid;

use crate::problem::Problem;

const HEADER: &str = "x-request-id";

#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(|| Ulid::generate().to_string());
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        *response.body_mut() = problem.of_request(&id).into_body();
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    response
}

/// What a client or a proxy calls it, if that can stand in a log.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    ((1..=64).contains(&id.len()) && id.bytes().all(plain)).then(|| id.to_owned())
}
