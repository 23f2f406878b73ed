use ops_model::task_definition::TaskDefinition;

use crate::cloud::LogStream;

/// Id of a task: the last part of its ARN.
pub(crate) fn task_id(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// What the containers of a task write to, of those that write to CloudWatch.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html>
pub(crate) fn awslogs_streams(content: &TaskDefinition, task: &str) -> Vec<LogStream> {
    let streams = content.containers().filter_map(|container| {
        Some(LogStream {
            group: container.log_option("awslogs-group")?.to_owned(),
            prefix: container.log_option("awslogs-stream-prefix")?.to_owned(),
            container: container.name().to_owned(),
            task: task.to_owned(),
        })
    });
    streams.collect()
}
