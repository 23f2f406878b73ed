//! Follows logs: no line comes twice, and none is lost that reaches CloudWatch within the overlap.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use ops_model::outcome::LogLine;

use crate::cloud::{CloudError, IdentifiedLine, LogQuery, LogStream, Logs};

/// Lines may be written into the past: agents send them in batches, and each stream is as late as it likes.
const OVERLAP: SignedDuration = SignedDuration::from_secs(60);

pub(crate) struct LogFollower {
    queries: Vec<LogQuery>,
    /// From when on the next look has to read; `None` before the first.
    from: Option<Timestamp>,
    /// When each line was written that the next look may bring again, by query and id.
    seen: BTreeMap<(usize, String), Timestamp>,
}

impl LogFollower {
    pub(crate) fn new(queries: Vec<LogQuery>) -> Self {
        Self { queries, from: None, seen: BTreeMap::new() }
    }

    /// Of one task, from this moment on.
    pub(crate) fn of_task(streams: Vec<LogStream>, since: Timestamp) -> Self {
        let query = |LogStream { group, prefix, container, task }: LogStream| LogQuery {
            group,
            stream_prefix: Some(format!("{prefix}/{container}/{task}")),
            since,
            until: None,
            pattern: None,
        };
        Self::new(streams.into_iter().map(query).collect())
    }

    /// Lines that are new since the last look, oldest first. After an error the next look makes up for this one.
    pub(crate) async fn poll(&mut self, logs: &dyn Logs, now: Timestamp) -> Result<Vec<LogLine>, CloudError> {
        let reads = self.queries.iter().enumerate().map(|(index, query)| {
            let query =
                LogQuery { since: self.from.map_or(query.since, |from| from.max(query.since)), ..query.clone() };
            async move {
                let lines = all(logs, &query).await?;
                Ok::<_, CloudError>(lines.into_iter().map(move |line| (index, line)).collect::<Vec<_>>())
            }
        });
        let read = try_join_all(reads).await?;
        let mut lines = Vec::new();
        for (index, IdentifiedLine { id, line }) in read.into_iter().flatten() {
            if self.seen.insert((index, id), line.at).is_none() {
                lines.push(line);
            }
        }
        lines.sort_by_key(|line| line.at);
        let from = now - OVERLAP;
        self.seen.retain(|_, at| *at >= from);
        self.from = Some(from);
        Ok(lines)
    }
}

async fn all(logs: &dyn Logs, query: &LogQuery) -> Result<Vec<IdentifiedLine>, CloudError> {
    let mut lines = Vec::new();
    let mut page = None;
    loop {
        let read = logs.lines(query, page.as_deref()).await?;
        lines.extend(read.lines);
        page = read.next;
        if page.is_none() {
            return Ok(lines);
        }
    }
}
