//! What a measurement is to be.

use std::fmt;

use serde_json::{Value, json};

/// One aim: what it says, what was found, and whether that is good enough.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aim {
    pub(super) says: String,
    pub(super) found: f64,
    pub(super) met: bool,
}

impl Aim {
    pub(super) fn json(&self) -> Value {
        json!({"aim": self.says, "found": self.found, "met": self.met})
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.met { "met" } else { "NOT MET" };
        write!(formatter, "{verdict:<8} {}: {:.2}", self.says, self.found)
    }
}
