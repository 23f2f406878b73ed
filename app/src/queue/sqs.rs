use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use ulid::Ulid;

use super::{Queue, QueueError, Received};

/// Messages in one call, either way: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html>
const BATCH: usize = 10;

/// SQS. A message that is received too often goes to the queue's dead-letter queue, where its redrive policy names one; its
/// job is sent again when it is due.
#[derive(Debug, Clone)]
pub(crate) struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    pub(crate) fn new(configuration: &aws_config::SdkConfig, url: String) -> Self {
        Self { client: Client::new(configuration), url }
    }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> QueueError {
    QueueError::Unavailable(Box::new(error))
}

/// SQS counts in seconds.
fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, jobs: &[Ulid]) -> Result<(), QueueError> {
        for batch in jobs.chunks(BATCH) {
            let entry = |job: &Ulid| {
                let id = job.to_string();
                SendMessageBatchRequestEntry::builder().id(&id).message_body(id).build().map_err(unavailable)
            };
            let entries = batch.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
            let sent = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries)).send().await;
            let failed = sent.map_err(unavailable)?.failed().len();
            if failed > 0 {
                return Err(QueueError::Partial(failed));
            }
        }
        Ok(())
    }

    async fn receive(&self, patience: Duration, visibility: Duration) -> Result<Vec<Received>, QueueError> {
        let received = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(10)
            .wait_time_seconds(seconds(patience))
            .visibility_timeout(seconds(visibility))
            .send()
            .await
            .map_err(unavailable)?;
        let messages = received.messages.unwrap_or_default().into_iter().map(|message| Received {
            job: message.body.and_then(|body| body.parse().ok()),
            receipt: message.receipt_handle.unwrap_or_default(),
        });
        Ok(messages.collect())
    }

    async fn extend(&self, received: &Received, visibility: Duration) -> Result<(), QueueError> {
        let change = self.client.change_message_visibility().queue_url(&self.url).receipt_handle(&received.receipt);
        change.visibility_timeout(seconds(visibility)).send().await.map(drop).map_err(unavailable)
    }

    async fn delete(&self, received: &Received) -> Result<(), QueueError> {
        let delete = self.client.delete_message().queue_url(&self.url).receipt_handle(&received.receipt);
        delete.send().await.map(drop).map_err(unavailable)
    }

    async fn check(&self) -> Result<(), QueueError> {
        let attributes = self.client.get_queue_attributes().queue_url(&self.url);
        attributes.attribute_names(QueueAttributeName::QueueArn).send().await.map(drop).map_err(unavailable)
    }
}
