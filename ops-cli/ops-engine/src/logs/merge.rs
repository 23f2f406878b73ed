//! Reads several logs as one, page by page: a day of lines need not fit into memory.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use ops_model::outcome::LogLine;

use crate::cloud::{CloudError, LogQuery, Logs};

struct Source<'a> {
    query: &'a LogQuery,
    lines: VecDeque<LogLine>,
    /// `None`: the log was read to its end.
    rest: Option<Rest>,
}

enum Rest {
    All,
    From(String),
}

/// Shows the lines of all queries in the order of their times.
pub(super) async fn read(
    logs: &dyn Logs,
    queries: &[LogQuery],
    mut show: impl FnMut(LogLine) -> ControlFlow<()>,
) -> Result<(), CloudError> {
    let mut sources: Vec<_> =
        queries.iter().map(|query| Source { query, lines: VecDeque::new(), rest: Some(Rest::All) }).collect();
    loop {
        for source in &mut sources {
            source.fill(logs).await?;
        }
        let oldest = sources.iter_mut().min_by_key(|source| source.next_at());
        let Some(line) = oldest.and_then(|source| source.lines.pop_front()) else { return Ok(()) };
        if show(line).is_break() {
            return Ok(());
        }
    }
}

impl Source<'_> {
    /// Reads on until there is a line, or no more.
    async fn fill(&mut self, logs: &dyn Logs) -> Result<(), CloudError> {
        while self.lines.is_empty()
            && let Some(rest) = &self.rest
        {
            let page = match rest {
                Rest::All => None,
                Rest::From(page) => Some(page.as_str()),
            };
            let read = logs.lines(self.query, page).await?;
            self.lines.extend(read.lines.into_iter().map(|identified| identified.line));
            self.rest = read.next.map(Rest::From);
        }
        Ok(())
    }

    /// Sources without lines come last.
    fn next_at(&self) -> (bool, Option<jiff::Timestamp>) {
        let at = self.lines.front().map(|line| line.at);
        (at.is_none(), at)
    }
}
