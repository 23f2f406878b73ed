//! What the schema says against a document, in words for people.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::document::Node;
use super::fault::{Fault, MOST_FAULTS};
use crate::schema;

mod message;
mod subschema;

use message::Place;

/// The schema of one sort of file, ready to be applied.
pub(super) struct Form {
    schema: Value,
    /// The error is impossible for a schema of ours; a test shows it.
    validator: Result<Validator, String>,
}

pub(super) static ENVIRONMENT: LazyLock<Form> = LazyLock::new(|| Form::new(schema::environment()));
pub(super) static BUILDS: LazyLock<Form> = LazyLock::new(|| Form::new(schema::builds()));

impl Form {
    fn new(schema: Value) -> Self {
        let validator = jsonschema::validator_for(&schema).map_err(|error| error.to_string());
        Self { schema, validator }
    }

    /// Everything in which the document departs from the schema.
    pub(super) fn check(&self, file: &str, document: &Node) -> Vec<Fault> {
        let validator = match &self.validator {
            Ok(validator) => validator,
            Err(error) => {
                return vec![Fault::new(
                    "declaration::schema",
                    file,
                    format!("the schema itself is not valid: {error}"),
                )];
            }
        };
        let value = document.to_value();
        let mut faults = Vec::new();
        for error in validator.iter_errors(&value) {
            if faults.len() >= MOST_FAULTS {
                break;
            }
            self.put_into_words(file, document, &error, &mut faults);
        }
        faults
    }

    fn put_into_words(&self, file: &str, document: &Node, error: &ValidationError<'_>, faults: &mut Vec<Fault>) {
        if let ValidationErrorKind::AnyOf { context } = error.kind()
            && let Some(meant) = context.iter().find(|form| is_of_its_type(error, form))
        {
            for within in meant {
                self.put_into_words(file, document, within, faults);
            }
            return;
        }
        let path: Vec<String> = segments(&error.instance_path().to_string());
        let Some(node) = document.follow(&path) else { return };
        let parent = path.split_last().and_then(|(_, parent)| document.follow(parent));
        let is_item = parent.is_some_and(|parent| !parent.items().is_empty());
        let subschema = subschema::at(&self.schema, document, &path);
        let place = Place { file, path: &path, is_item, node, subschema: subschema.as_ref() };
        message::faults(&place, error.kind(), faults);
    }
}

/// Whether a value has the type of one of the forms that it may have, and departs from that form in something else.
fn is_of_its_type(error: &ValidationError<'_>, form: &[ValidationError<'_>]) -> bool {
    let is_about_type = |within: &ValidationError<'_>| {
        matches!(within.kind(), ValidationErrorKind::Type { .. }) && within.instance_path() == error.instance_path()
    };
    !form.iter().any(is_about_type)
}

/// Segments of a JSON pointer.
fn segments(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect()
}

#[cfg(test)]
mod tests {
    use super::{BUILDS, ENVIRONMENT};

    #[test]
    fn schemas_are_valid() {
        assert!(ENVIRONMENT.validator.is_ok());
        assert!(BUILDS.validator.is_ok());
    }
}
