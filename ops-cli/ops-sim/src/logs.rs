use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, IdentifiedLine, LogPage, LogQuery, LogStream, Logs};
use ops_model::outcome::LogLine;

use crate::account::SimulatedAccount;
use crate::answers::{invalid_parameter, not_found};
use crate::clock::timestamp;
use crate::operations::Operation;

/// Lines of one page, few enough that tests turn pages.
const PAGE: usize = 100;

/// The log groups and what containers write into them. A line is known from the start of its container on, and shows
/// when its moment has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogGroups {
    groups: BTreeMap<String, Vec<WrittenLine>>,
    written: u64,
    /// How long after its moment a line shows.
    pub(crate) delay: Duration,
}

#[derive(Debug, Clone)]
struct WrittenLine {
    id: u64,
    at: Duration,
    stream: String,
    text: String,
}

impl LogGroups {
    pub(crate) fn create(&mut self, group: &str) {
        self.groups.entry(group.to_owned()).or_default();
    }

    pub(crate) fn exists(&self, group: &str) -> bool {
        self.groups.contains_key(group)
    }

    /// Notes what a container will have written at a moment.
    pub(crate) fn write(&mut self, group: &str, stream: &str, at: Duration, text: &str) {
        self.written += 1;
        if let Some(lines) = self.groups.get_mut(group) {
            let line = WrittenLine { id: self.written, at, stream: stream.to_owned(), text: text.to_owned() };
            let place = lines.partition_point(|other| other.at <= at);
            lines.insert(place, line);
        }
    }

    /// Takes back what a task would have written after its end.
    pub(crate) fn cut(&mut self, task: &str, end: Duration) {
        for lines in self.groups.values_mut() {
            lines.retain(|line| line.at <= end || line.task() != task);
        }
    }

    /// What shows at a moment, oldest first; `None` when there is no such group.
    fn shown(&self, group: &str, now: Duration) -> Option<impl Iterator<Item = &WrittenLine>> {
        let lines = self.groups.get(group)?;
        Some(lines.iter().filter(move |line| line.at.saturating_add(self.delay) <= now))
    }
}

impl WrittenLine {
    fn task(&self) -> &str {
        self.stream.rsplit('/').next().unwrap_or_default()
    }

    fn told(&self) -> LogLine {
        LogLine {
            at: timestamp(self.at),
            task: self.task().to_owned(),
            container: self.stream.rsplit('/').nth(1).unwrap_or_default().to_owned(),
            text: self.text.clone(),
        }
    }
}

/// A filter pattern for text: words that have to be there, `-` before one that must not, `?` before those of which one
/// is enough, quotes around several words.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
struct TextPattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl TextPattern {
    /// `None` for one of the patterns that look into JSON or columns, which are not simulated.
    fn read(pattern: &str) -> Option<Self> {
        if pattern.trim_start().starts_with(['{', '[', '%']) {
            return None;
        }
        let mut read = Self { all: Vec::new(), any: Vec::new(), none: Vec::new() };
        let mut rest = pattern.trim_start();
        while let Some(first) = rest.chars().next() {
            let terms = match first {
                '?' => &mut read.any,
                '-' => &mut read.none,
                _ => &mut read.all,
            };
            let term = rest.strip_prefix(['?', '-']).unwrap_or(rest);
            let (term, after) = match term.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => term.split_once(char::is_whitespace).unwrap_or((term, "")),
            };
            terms.push(term.to_owned());
            rest = after.trim_start();
        }
        Some(read)
    }

    fn matches(&self, text: &str) -> bool {
        let holds = |term: &String| text.contains(term.as_str());
        self.all.iter().all(holds)
            && !self.none.iter().any(holds)
            && (self.any.is_empty() || self.any.iter().any(holds))
    }
}

#[async_trait]
impl Logs for SimulatedAccount {
    async fn group_exists(&self, group: &str) -> Result<bool, CloudError> {
        self.call(Operation::DescribeLogGroups, |inside| Ok(inside.state.logs.exists(group))).await
    }

    async fn lines(&self, query: &LogQuery, page: Option<&str>) -> Result<LogPage, CloudError> {
        let operation = Operation::FilterLogEvents;
        self.call(operation, |inside| {
            let state = &inside.state;
            let pattern = query.pattern.as_deref().map(|pattern| {
                let refused = || invalid_parameter(operation, "Only filter patterns for text are simulated.");
                TextPattern::read(pattern).ok_or_else(refused)
            });
            let pattern = pattern.transpose()?;
            let first: usize = page
                .map_or(Ok(0), str::parse)
                .map_err(|_| invalid_parameter(operation, "The specified nextToken is invalid."))?;
            let shown = state.logs.shown(&query.group, state.now);
            let shown = shown.ok_or_else(|| not_found(operation, "The specified log group does not exist."))?;
            let wanted: Vec<_> = shown
                .filter(|line| query.stream_prefix.as_ref().is_none_or(|prefix| line.stream.starts_with(prefix)))
                .filter(|line| {
                    let at = timestamp(line.at);
                    at >= query.since && query.until.is_none_or(|until| at < until)
                })
                .filter(|line| pattern.as_ref().is_none_or(|pattern| pattern.matches(&line.text)))
                .collect();
            let lines = wanted.iter().skip(first).take(PAGE);
            let lines = lines.map(|line| IdentifiedLine { id: format!("{:056}", line.id), line: line.told() });
            let after = first + PAGE;
            Ok(LogPage { lines: lines.collect(), next: (after < wanted.len()).then(|| after.to_string()) })
        })
        .await
    }

    async fn last_lines(&self, stream: &LogStream, most: u32) -> Result<Vec<LogLine>, CloudError> {
        self.call(Operation::GetLogEvents, |inside| {
            let state = &inside.state;
            let name = format!("{}/{}/{}", stream.prefix, stream.container, stream.task);
            let shown = state.logs.shown(&stream.group, state.now).into_iter().flatten();
            let lines: Vec<_> = shown.filter(|line| line.stream == name).map(WrittenLine::told).collect();
            let first = lines.len().saturating_sub(usize::try_from(most).unwrap_or(usize::MAX));
            Ok(lines[first..].to_vec())
        })
        .await
    }
}
