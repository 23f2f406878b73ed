//! CloudWatch Logs.

use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use jiff::Timestamp;
use ops_engine::cloud::{CloudError, IdentifiedLine, LogPage, LogQuery, LogStream, Logs};
use ops_model::outcome::LogLine;

use crate::error::Errors;

/// Of empty answers on the way back to the last lines: CloudWatch may give some before it finds any.
const EMPTY_PAGES: usize = 10;

pub(crate) struct CloudWatchLogs {
    pub(crate) sdk: aws_sdk_cloudwatchlogs::Client,
    pub(crate) errors: Errors,
}

#[async_trait]
impl Logs for CloudWatchLogs {
    async fn group_exists(&self, group: &str) -> Result<bool, CloudError> {
        let request = self.sdk.describe_log_groups().log_group_name_prefix(group);
        let mut groups = request.into_paginator().items().send();
        // In the order of their names, so it is the first if it is there.
        match groups.next().await {
            Some(Ok(first)) => Ok(first.log_group_name() == Some(group)),
            Some(Err(error)) => Err(self.errors.of("DescribeLogGroups", error)),
            None => Ok(false),
        }
    }

    async fn lines(&self, query: &LogQuery, page: Option<&str>) -> Result<LogPage, CloudError> {
        const OPERATION: &str = "FilterLogEvents";
        let LogQuery { group, stream_prefix, since, until, pattern } = query;
        let answer = self
            .sdk
            .filter_log_events()
            .log_group_name(group)
            .set_log_stream_name_prefix(stream_prefix.clone())
            .start_time(milliseconds(*since))
            // CloudWatch's end is inclusive.
            .set_end_time(until.map(|until| milliseconds(until) - 1))
            .set_filter_pattern(pattern.clone())
            .set_next_token(page.map(str::to_owned))
            .send()
            .await
            .map_err(|error| self.errors.of(OPERATION, error))?;
        let lines = answer.events().iter().map(|event| {
            identified(event).ok_or_else(|| self.errors.unexpected(OPERATION, "an event has no id, time or stream"))
        });
        let lines = lines.collect::<Result<_, _>>()?;
        Ok(LogPage { lines, next: answer.next_token.filter(|token| !token.is_empty()) })
    }

    async fn last_lines(&self, stream: &LogStream, most: u32) -> Result<Vec<LogLine>, CloudError> {
        const OPERATION: &str = "GetLogEvents";
        let LogStream { group, prefix, container, task } = stream;
        // More than CloudWatch gives in one answer.
        let limit = i32::try_from(most).unwrap_or(i32::MAX).min(10_000);
        let mut page = None;
        if limit == 0 {
            return Ok(Vec::new());
        }
        for _ in 0..EMPTY_PAGES {
            let request = self
                .sdk
                .get_log_events()
                .log_group_name(group)
                .log_stream_name(format!("{prefix}/{container}/{task}"))
                .limit(limit)
                .start_from_head(false)
                .set_next_token(page.clone());
            let answer = match request.send().await.map_err(|error| self.errors.of(OPERATION, error)) {
                Ok(answer) => answer,
                Err(error) if error.is_not_found() => return Ok(Vec::new()),
                Err(error) => return Err(error),
            };
            let lines = answer.events().iter().filter_map(|event| {
                let at = Timestamp::from_millisecond(event.timestamp()?).ok()?;
                let text = event.message()?.to_owned();
                Some(LogLine { at, task: task.clone(), container: container.clone(), text })
            });
            let lines: Vec<_> = lines.collect();
            // The same token again says that there is no more.
            if !lines.is_empty() || answer.next_backward_token == page {
                return Ok(lines);
            }
            page = answer.next_backward_token;
        }
        Ok(Vec::new())
    }
}

/// The first whole millisecond at or after a moment: events have no finer times.
fn milliseconds(moment: Timestamp) -> i64 {
    let whole = moment.as_millisecond();
    let cut_off = Timestamp::from_millisecond(whole).is_ok_and(|whole| whole < moment);
    whole + i64::from(cut_off)
}

fn identified(event: &FilteredLogEvent) -> Option<IdentifiedLine> {
    let at = Timestamp::from_millisecond(event.timestamp()?).ok()?;
    // Other writers than the `awslogs` driver name their streams as they like.
    let mut parts = event.log_stream_name()?.rsplitn(3, '/');
    let task = parts.next()?.to_owned();
    let container = parts.next().unwrap_or_default().to_owned();
    let line = LogLine { at, task, container, text: event.message().unwrap_or_default().to_owned() };
    Some(IdentifiedLine { id: event.event_id()?.to_owned(), line })
}

#[cfg(test)]
mod tests;
