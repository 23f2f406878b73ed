use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use super::SourceText;

/// Faults of one file that are shown: who has corrected so many sees the others. A file of nothing but faults is read in
/// time, too.
pub(super) const MOST_FAULTS: usize = 200;

/// One thing that is wrong in a declaration, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable name of the sort of fault, such as `declaration::unknown_key`.
    pub code: &'static str,
    /// Name of the file.
    pub file: String,
    /// Bytes of the file to underline; `None` when the fault is about the file as a whole.
    pub span: Option<Range<usize>>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// A few words for under the underlined text.
    pub label: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Fault {
    pub(super) fn new(code: &'static str, file: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            file: file.to_owned(),
            span: None,
            message: message.into(),
            label: "here".to_owned(),
            remedy: None,
        }
    }

    pub(super) fn at(mut self, span: &Range<usize>, label: impl Into<String>) -> Self {
        self.span = Some(span.clone());
        self.label = label.into();
        self
    }

    pub(super) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Everything that is wrong in the declaration of one environment, in the order of the files' text.
///
/// Neither the faults nor the texts repeat a secret that was found in the files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the declaration of `{environment}` has {}", count(.faults.len()))]
pub struct Faults {
    /// Name of the environment's folder.
    pub environment: String,
    /// Never empty.
    pub faults: Vec<Fault>,
    /// Text of each file that is text, by name.
    pub sources: BTreeMap<String, SourceText>,
}

impl Faults {
    /// Line and column of a fault, counted from 1; `None` when it is about a file as a whole.
    #[must_use]
    pub fn position(&self, fault: &Fault) -> Option<(usize, usize)> {
        let span = fault.span.as_ref()?;
        Some(self.sources.get(&fault.file)?.position(span.start))
    }
}

fn count(faults: usize) -> String {
    match faults {
        1 => "1 fault".to_owned(),
        _ => format!("{faults} faults"),
    }
}
