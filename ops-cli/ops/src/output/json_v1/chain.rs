use ops_model::record::RecordLink;
use ops_model::record::chain::{Break, Examination, NamedBy};
use serde::Serialize;
use serde_json::{Value, json};

use super::SCHEMA_VERSION;

/// Whether the records are those that were written.
#[derive(Debug, Serialize)]
pub(crate) struct ChainDocument<'a> {
    schema_version: u32,
    environment: &'a str,
    whole: bool,
    /// Records of the chain.
    records: usize,
    /// Records that are older than the chain.
    earlier: usize,
    from: Option<String>,
    to: Option<String>,
    last: Option<&'a RecordLink>,
    breaks: Vec<Value>,
}

pub(crate) fn chain<'a>(environment: &'a str, examination: &'a Examination) -> ChainDocument<'a> {
    let Examination { linked, earlier, from, to, last, breaks } = examination;
    ChainDocument {
        schema_version: SCHEMA_VERSION,
        environment,
        whole: breaks.is_empty(),
        records: *linked,
        earlier: *earlier,
        from: from.map(|moment| moment.to_string()),
        to: to.map(|moment| moment.to_string()),
        last: last.as_ref(),
        breaks: breaks.iter().map(broken).collect(),
    }
}

fn broken(broken: &Break) -> Value {
    let mut document = match broken {
        Break::Changed { id, by, expected, found } => {
            json!({"break": "changed", "record": id, "named_by": named_by(by), "expected": expected, "found": found})
        }
        Break::Missing { id, by, after } => {
            json!({"break": "missing", "record": id, "named_by": named_by(by), "after": after})
        }
        Break::Unnamed { id } => json!({"break": "unnamed", "record": id}),
        Break::Unlinked { id } => json!({"break": "unlinked", "record": id}),
        Break::Unreadable { id, why } => json!({"break": "unreadable", "record": id, "why": why}),
        Break::Misplaced { id, says } => json!({"break": "misplaced", "record": id, "says": says}),
        Break::NoEnd => json!({"break": "no_end", "record": null}),
        Break::NotContained { id } => json!({"break": "not_contained", "record": id}),
        Break::NotAsKnown { id, expected, found } => {
            json!({"break": "not_as_known", "record": id, "expected": expected, "found": found})
        }
    };
    document["message"] = json!(broken.to_string());
    document
}

/// Id of the record; `null` for the object that says which was written last.
fn named_by(by: &NamedBy) -> Option<&str> {
    match by {
        NamedBy::Record(id) => Some(id),
        NamedBy::LastRecord => None,
    }
}
