use serde::Serialize;

/// Something that a person should know about, or decide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    /// Where: a path in the declaration such as `services.api.count`, or a file and a path in it.
    pub place: String,
    pub text: String,
}

impl Note {
    pub(crate) fn new(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self { place: place.into(), text: text.into() }
    }
}
