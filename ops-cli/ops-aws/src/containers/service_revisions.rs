use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::ServiceRevision;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::CloudError;

use super::rollouts::ARNS_PER_CALL;
use super::{CONCURRENT_READS, EcsContainers};
use crate::aws_document::{self, Document};

const DESCRIBE: &str = "DescribeServiceRevisions";

impl EcsContainers {
    /// By ARN. A revision that is missing is an error: something refers to it.
    pub(super) async fn service_revisions(
        &self,
        arns: BTreeSet<String>,
    ) -> Result<BTreeMap<String, Document>, CloudError> {
        let mut known = BTreeMap::new();
        let mut unknown = Vec::new();
        for arn in arns {
            match self.immutable.get(&arn) {
                Some(revision) => _ = known.insert(arn, revision),
                None => unknown.push(arn),
            }
        }
        let batches: Vec<_> = unknown.chunks(ARNS_PER_CALL).map(<[String]>::to_vec).collect();
        let read: Vec<_> = stream::iter(batches)
            .map(|batch| self.describe_revisions(batch))
            .buffer_unordered(CONCURRENT_READS)
            .try_concat()
            .await?;
        for revision in read {
            if let Some(arn) = revision.service_revision_arn().map(str::to_owned) {
                let document = aws_document::of(&revision).map_err(|why| self.errors.unexpected(DESCRIBE, why))?;
                self.immutable.put(&arn, &document);
                known.insert(arn, document);
            }
        }
        match unknown.iter().find(|arn| !known.contains_key(*arn)) {
            Some(missing) => Err(self.errors.unexpected(DESCRIBE, format!("{missing} is missing"))),
            None => Ok(known),
        }
    }

    async fn describe_revisions(&self, arns: Vec<String>) -> Result<Vec<ServiceRevision>, CloudError> {
        let request = self.sdk.describe_service_revisions().set_service_revision_arns(Some(arns));
        let answer = request.send().await.map_err(|error| self.errors.of(DESCRIBE, error))?;
        self.only_missing(DESCRIBE, answer.failures())?;
        Ok(answer.service_revisions.unwrap_or_default())
    }
}
