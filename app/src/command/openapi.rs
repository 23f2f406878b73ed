//! `app openapi`: the API's description, as it is checked in.

use std::io::{self, Write as _};

use crate::api;

pub(crate) fn print() -> io::Result<()> {
    let mut document = serde_json::to_string_pretty(&api::openapi())?;
    document.push('\n');
    io::stdout().lock().write_all(document.as_bytes())
}
