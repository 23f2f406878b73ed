//! What was read once by its ARN and never changes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::aws_document::Document;
use crate::document_folder::DocumentFolder;

/// Enough for every service of a large cluster; a worker that lives for months must not keep all of history.
const CAPACITY: usize = 1000;

/// Kept in memory and, between runs, in a folder.
#[derive(Debug)]
pub(crate) struct ImmutableDocuments {
    known: Mutex<HashMap<String, Document>>,
    folder: Option<DocumentFolder>,
}

impl ImmutableDocuments {
    pub(crate) fn new(folder: Option<DocumentFolder>) -> Self {
        Self { known: Mutex::new(HashMap::new()), folder }
    }

    pub(crate) fn get(&self, arn: &str) -> Option<Document> {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(arn) {
            return Some(known.clone());
        }
        let document = self.folder.as_ref()?.get(arn)?;
        self.remember(arn, &document);
        Some(document)
    }

    pub(crate) fn put(&self, arn: &str, document: &Document) {
        self.remember(arn, document);
        if let Some(folder) = &self.folder {
            folder.put(arn, document);
        }
    }

    fn remember(&self, arn: &str, document: &Document) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(arn.to_owned(), document.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_holds_more_than_its_capacity() {
        let known = ImmutableDocuments::new(None);
        for number in 0..=CAPACITY {
            known.put(&number.to_string(), &Document::new());
        }
        assert_eq!(known.get(&CAPACITY.to_string()), Some(Document::new()));
        assert_eq!(known.get("0"), None);
    }
}
