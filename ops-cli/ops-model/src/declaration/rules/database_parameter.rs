use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// What no declaration decides.
const ENCRYPTION: &str = "require_secure_transport";

/// Connections to the database are encrypted, always.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let parameters = subject.document.get("database").and_then(|database| database.get("parameters"));
    let Some(entry) = parameters.and_then(|parameters: &Node| parameters.entry(ENCRYPTION)) else { return };
    faults.push(
        subject
            .fault("declaration::database_parameter", format!("`{ENCRYPTION}` is not for a declaration to set"))
            .at(&entry.key_span, "always ON")
            .remedy("remove the line: the database takes encrypted connections only"),
    );
}
