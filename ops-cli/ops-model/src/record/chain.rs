//! Whether the records are those that were written: each names the one before it by its SHA-256.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::{LAST_RECORD_KEY, Record, RecordLink};

/// A record as it was found in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// From its key.
    pub id: String,
    /// SHA-256 of the stored bytes; `None` when they could not be read.
    pub sha256: Option<String>,
    /// What it says, or why nobody can tell.
    pub content: Result<Said, String>,
}

/// What of a record the chain is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub id: String,
    pub previous: Option<RecordLink>,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
}

impl StoredRecord {
    /// From what is stored under the key of a record.
    #[must_use]
    pub fn read(id: &str, stored: &[u8]) -> Self {
        let content = serde_json::from_slice(stored).map(|record: Record| Said {
            id: record.id,
            previous: record.previous,
            started_at: record.started_at,
            finished_at: record.finished_at,
        });
        Self {
            id: id.to_owned(),
            sha256: Some(RecordLink::of(id, stored).sha256),
            content: content.map_err(|error| format!("it cannot be understood: {error}")),
        }
    }

    fn previous(&self) -> Option<&RecordLink> {
        self.content.as_ref().ok().and_then(|said| said.previous.as_ref())
    }
}

/// A record that somebody knows of from elsewhere, and that has to be in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecord {
    pub id: String,
    /// SHA-256 of its bytes, where it was written down too.
    pub sha256: Option<String>,
}

/// What the records show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// Records that name one before them or are named.
    pub linked: usize,
    /// Records of the time before records named one another. Nothing vouches for them.
    pub earlier: usize,
    /// When the first of the linked ones began, and the last one ended.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// The end of the chain, to be written down elsewhere.
    pub last: Option<RecordLink>,
    pub breaks: Vec<Break>,
}

/// Who names a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamedBy {
    Record(String),
    /// The object that says which record was written last.
    LastRecord,
}

/// One place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// It is not what was written: who names it says so.
    Changed { id: String, by: NamedBy, expected: String, found: String },
    /// It is named, and not there.
    Missing {
        id: String,
        by: NamedBy,
        /// The newest record that is left of those that led to it.
        after: Option<String>,
    },
    /// It names one before it, and none names it.
    Unnamed { id: String },
    /// It neither names a record nor is named, though records did so before it was written.
    Unlinked { id: String },
    /// It cannot be read or understood.
    Unreadable { id: String, why: String },
    /// It says that it is another one.
    Misplaced { id: String, says: String },
    /// Records name one another, and nothing says which was written last.
    NoEnd,
    /// A record that has to be there is not part of the chain.
    NotContained { id: String },
    /// A record that has to be there has another content.
    NotAsKnown { id: String, expected: String, found: String },
}

/// Looks at all records together.
///
/// Their order is that of what they name, never that of their ids: an id comes from a clock, and a clock may go backwards.
#[must_use]
pub fn examine(records: &[StoredRecord], last: Option<&RecordLink>, known: &[KnownRecord]) -> Examination {
    let chain = Chain::of(records, last);
    let mut breaks = chain.broken_names();
    let mut unnamed = chain.unnamed();
    for missing in &mut breaks {
        if let Break::Missing { id, after, .. } = missing {
            *after = chain.take_one_before(&mut unnamed, id);
        }
    }
    let changed: BTreeSet<String> = breaks.iter().filter_map(changed_id).map(str::to_owned).collect();
    for record in records {
        match &record.content {
            Err(why) => {
                // What it named is not known either.
                chain.take_one_before(&mut unnamed, &record.id);
                // That it was changed has been said.
                if !changed.contains(&record.id) {
                    breaks.push(Break::Unreadable { id: record.id.clone(), why: why.clone() });
                }
            }
            Ok(said) if said.id != record.id => {
                breaks.push(Break::Misplaced { id: record.id.clone(), says: said.id.clone() });
            }
            Ok(_) => {}
        }
    }
    let (linked, others): (Vec<&StoredRecord>, Vec<_>) = records.iter().partition(|record| chain.is_linked(record));
    let began = linked.iter().filter(|it| it.previous().is_some()).filter_map(|it| finished(it)).min();
    let unlinked = others.iter().filter(|record| {
        // An unreadable one has been named as such.
        finished(record).is_some_and(|finished| began.is_some_and(|began| finished > began))
    });
    let unlinked: Vec<&str> = unlinked.map(|record| record.id.as_str()).collect();
    let readable = others.iter().filter(|record| record.content.is_ok()).count();
    breaks.extend(unnamed.into_iter().map(|id| Break::Unnamed { id: id.to_owned() }));
    breaks.extend(unlinked.iter().map(|id| Break::Unlinked { id: (*id).to_owned() }));
    if last.is_none() && !linked.is_empty() {
        breaks.push(Break::NoEnd);
    }
    breaks.extend(known.iter().filter_map(|known| chain.lacks(known)));
    Examination {
        linked: linked.len(),
        earlier: readable - unlinked.len(),
        from: linked.iter().filter_map(|it| it.content.as_ref().ok()).map(|said| said.started_at).min(),
        to: linked.iter().filter_map(|it| finished(it)).max(),
        last: last.cloned(),
        breaks,
    }
}

fn finished(record: &StoredRecord) -> Option<Timestamp> {
    record.content.as_ref().ok().map(|said| said.finished_at)
}

fn changed_id(of: &Break) -> Option<&str> {
    match of {
        Break::Changed { id, .. } => Some(id),
        _ => None,
    }
}

struct Chain<'a> {
    records: BTreeMap<&'a str, &'a StoredRecord>,
    /// Who names each record, and with which SHA-256.
    names: BTreeMap<&'a str, Vec<(NamedBy, &'a str)>>,
    last: Option<&'a RecordLink>,
}

impl<'a> Chain<'a> {
    fn of(records: &'a [StoredRecord], last: Option<&'a RecordLink>) -> Self {
        let mut names: BTreeMap<&str, Vec<(NamedBy, &str)>> = BTreeMap::new();
        for record in records {
            if let Some(previous) = record.previous() {
                names.entry(&previous.id).or_default().push((NamedBy::Record(record.id.clone()), &previous.sha256));
            }
        }
        if let Some(last) = last {
            names.entry(&last.id).or_default().push((NamedBy::LastRecord, &last.sha256));
        }
        Self { records: records.iter().map(|record| (record.id.as_str(), record)).collect(), names, last }
    }

    /// What is named, and is not there or is something else.
    fn broken_names(&self) -> Vec<Break> {
        let mut breaks = Vec::new();
        for (id, names) in &self.names {
            for (by, expected) in names {
                let (id, by, expected) = ((*id).to_owned(), by.clone(), (*expected).to_owned());
                match self.records.get(id.as_str()) {
                    None => breaks.push(Break::Missing { id, by, after: None }),
                    Some(StoredRecord { sha256: Some(found), .. }) if *found != expected => {
                        breaks.push(Break::Changed { id, by, expected, found: found.clone() });
                    }
                    Some(_) => {}
                }
            }
        }
        breaks
    }

    /// Records that name one before them, and that none names.
    fn unnamed(&self) -> BTreeSet<&'a str> {
        let unnamed = self.records.iter().filter(|(id, record)| {
            let is_end = self.last.is_some_and(|last| last.id == **id);
            record.previous().is_some() && !self.names.contains_key(*id) && !is_end
        });
        let mut unnamed: BTreeSet<&str> = unnamed.map(|(id, _)| *id).collect();
        if self.last.is_none() {
            // One of them is the end: the one that was written last, as far as clocks can tell.
            let end = unnamed.iter().copied().max_by_key(|id| self.records.get(id).and_then(|it| finished(it)));
            unnamed.retain(|id| Some(*id) != end);
        }
        unnamed
    }

    /// That nobody names what came before a gap needs no other explanation.
    fn take_one_before(&self, unnamed: &mut BTreeSet<&'a str>, gap: &str) -> Option<String> {
        let led_to_it = unnamed.iter().copied().filter(|id| *id < gap).max().or_else(|| unnamed.last().copied())?;
        unnamed.remove(led_to_it);
        Some(led_to_it.to_owned())
    }

    fn is_linked(&self, record: &StoredRecord) -> bool {
        record.previous().is_some() || self.names.contains_key(record.id.as_str())
    }

    fn lacks(&self, known: &KnownRecord) -> Option<Break> {
        let id = known.id.clone();
        let record = self.records.get(known.id.as_str());
        match (record, &known.sha256) {
            (Some(StoredRecord { sha256: Some(found), .. }), Some(expected)) => {
                (found != expected).then(|| Break::NotAsKnown { id, expected: expected.clone(), found: found.clone() })
            }
            (Some(record), None) if self.is_linked(record) => None,
            _ => Some(Break::NotContained { id }),
        }
    }
}

impl fmt::Display for NamedBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(id) => write!(formatter, "{id}, written after it,"),
            Self::LastRecord => formatter.write_str(LAST_RECORD_KEY),
        }
    }
}

impl Break {
    /// The record that it is about.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Changed { id, .. }
            | Self::Missing { id, .. }
            | Self::Unnamed { id }
            | Self::Unlinked { id }
            | Self::Unreadable { id, .. }
            | Self::Misplaced { id, .. }
            | Self::NotContained { id }
            | Self::NotAsKnown { id, .. } => Some(id),
            Self::NoEnd => None,
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |sha256: &str| sha256.get(..12).unwrap_or(sha256).to_owned();
        match self {
            Self::Changed { id, by, expected, found } => {
                let (expected, found) = (short(expected), short(found));
                write!(formatter, "{id} was changed: {by} says that its SHA-256 was {expected}…, and it is {found}…")
            }
            Self::Missing { id, by, after } => {
                write!(formatter, "{id} is missing: {by} names it")?;
                match after {
                    Some(after) => write!(formatter, "; the newest that is left before it is {after}"),
                    None => Ok(()),
                }
            }
            Self::Unnamed { id } => {
                write!(formatter, "{id} is named by no record: it was not written by ops, or one after it was replaced")
            }
            Self::Unlinked { id } => write!(
                formatter,
                "{id} names no record and is named by none: it was written by an older ops, or not by ops at all"
            ),
            Self::Unreadable { id, why } => write!(formatter, "{id} is unreadable: {why}"),
            Self::Misplaced { id, says } => write!(formatter, "{id} is in the wrong place: it says that it is {says}"),
            Self::NoEnd => {
                write!(
                    formatter,
                    "{LAST_RECORD_KEY} is not there: nothing shows whether records are missing at the end"
                )
            }
            Self::NotContained { id } => write!(formatter, "{id} has to be there, and the chain does not contain it"),
            Self::NotAsKnown { id, expected, found } => {
                let (expected, found) = (short(expected), short(found));
                write!(formatter, "{id} is not the one you know: its SHA-256 is {found}…, not {expected}…")
            }
        }
    }
}

#[cfg(test)]
mod tests;
