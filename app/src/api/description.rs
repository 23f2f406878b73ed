//! What the API is, as OpenAPI 3.1 tells it.

use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, Ref, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::control_plane_routes;
use super::deployment::OutcomeName;
use crate::problem::Problem;
use crate::text::RequestKey;

/// Crockford's base 32 as ULIDs are read: <https://github.com/ulid/spec#encoding>
const ULID: &str = "^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{26}$";

/// What the API is, as OpenAPI 3.1 tells it.
pub(crate) fn openapi() -> Value {
    described(control_plane_routes().into_openapi())
}

/// Adds what is the same everywhere: the title, how one authenticates, and that errors are problems.
pub(super) fn described(mut document: OpenApi) -> Value {
    document.info = Info::new("Slipway", env!("CARGO_PKG_VERSION"));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    let problem = ResponseBuilder::new()
        .description("What is wrong (RFC 9457)")
        .content("application/problem+json", problem)
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    // Named by parameters alone.
    components.schemas.insert(RequestKey::name().into_owned(), RequestKey::schema());
    components.schemas.insert(OutcomeName::name().into_owned(), OutcomeName::schema());
    components.responses.insert("Problem".to_owned(), problem.into());
    for path in document.paths.paths.values_mut() {
        for operation in [&mut path.get, &mut path.put, &mut path.post, &mut path.delete].into_iter().flatten() {
            operation.responses.responses.insert("default".to_owned(), Ref::from_response_name("Problem").into());
        }
    }
    let mut document = serde_json::to_value(document).unwrap_or_default();
    sharpen(&mut document);
    document
}

/// Says what the types' own schemas leave open: how a ULID looks, and that a parameter which may be absent is never null.
fn sharpen(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.get("format") == Some(&json!("ulid")) {
                members.insert("pattern".to_owned(), json!(ULID));
            }
            if let (Some(_), Some(schema)) = (members.get("in").cloned(), members.get_mut("schema")) {
                without_null(schema);
            }
            members.values_mut().for_each(sharpen);
        }
        Value::Array(items) => items.iter_mut().for_each(sharpen),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn without_null(schema: &mut Value) {
    if let Some(types) = schema.get_mut("type")
        && let Some(only) = types.as_array().and_then(|all| all.iter().find(|one| *one != "null")).cloned()
    {
        *types = only;
    }
    let real = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter(|one| one.get("type") != Some(&json!("null"))).cloned().collect::<Vec<_>>());
    if let Some([only]) = real.as_deref() {
        *schema = only.clone();
    }
}
