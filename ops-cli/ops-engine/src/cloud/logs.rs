use async_trait::async_trait;
use jiff::Timestamp;
use ops_model::outcome::LogLine;

use super::CloudError;

/// CloudWatch Logs, as the `awslogs` driver writes it: streams `prefix/container/task-id`.
#[async_trait]
pub trait Logs: Send + Sync {
    /// Whether there is a log group of this name.
    async fn group_exists(&self, group: &str) -> Result<bool, CloudError>;

    /// Lines of a group, oldest first, one page at a time. No line comes twice within one query.
    async fn lines(&self, query: &LogQuery, page: Option<&str>) -> Result<LogPage, CloudError>;

    /// The last lines of one container of one task, oldest first, at most `most`. A stream that is not there has none.
    async fn last_lines(&self, stream: &LogStream, most: u32) -> Result<Vec<LogLine>, CloudError>;
}

/// Which lines are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogQuery {
    pub group: String,
    /// Beginning of the streams' names; `None`: all streams.
    pub stream_prefix: Option<String>,
    /// From this moment on, inclusive.
    pub since: Timestamp,
    /// Up to this moment, exclusive; `None`: to the end.
    pub until: Option<Timestamp>,
    /// CloudWatch's filter pattern; `None`: every line.
    pub pattern: Option<String>,
}

/// Some of the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    pub lines: Vec<IdentifiedLine>,
    /// What to ask for the next page with; `None`: these were the last.
    pub next: Option<String>,
}

/// A line with what tells it from every other: lines that come later may be older, so whoever follows a log asks again for
/// the last moments and leaves out what it has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifiedLine {
    pub id: String,
    pub line: LogLine,
}

/// What one container of one task writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogStream {
    pub group: String,
    pub prefix: String,
    pub container: String,
    /// Id of the task, the last part of its ARN.
    pub task: String,
}
