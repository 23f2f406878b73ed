use ops_engine::lease::{Broken, Holder, LeaseStatus, Standing};
use serde::Serialize;

use super::SCHEMA_VERSION;

/// A lease as it stands.
#[derive(Debug, Serialize)]
pub(crate) struct LeaseDocument<'a> {
    schema_version: u32,
    environment: &'a str,
    /// `free`, `held`, or `abandoned`: the next who asks takes it.
    standing: &'static str,
    holder: Option<&'a Holder>,
    expires_at: Option<String>,
    fencing_number: u64,
    broken: Option<&'a Broken>,
}

pub(crate) fn lease<'a>(environment: &'a str, status: &'a LeaseStatus) -> LeaseDocument<'a> {
    let LeaseStatus { standing, fencing_number, broken } = status;
    let (standing, held) = match standing {
        Standing::Free => ("free", None),
        Standing::Held { holder, expires_at } => ("held", Some((holder, expires_at))),
        Standing::Abandoned { holder, expires_at } => ("abandoned", Some((holder, expires_at))),
    };
    LeaseDocument {
        schema_version: SCHEMA_VERSION,
        environment,
        standing,
        holder: held.map(|(holder, _)| holder),
        expires_at: held.map(|(_, expires_at)| expires_at.to_string()),
        fencing_number: *fencing_number,
        broken: broken.as_ref(),
    }
}
