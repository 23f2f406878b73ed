use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use ops_engine::cloud::{CloudError, Distributions};
use ops_model::site::ObservedDistribution;

use crate::account::SimulatedAccount;
use crate::answers::{not_found, refused};
use crate::edge::{Distribution, Invalidation};
use crate::operations::Operation;
use crate::timing::after;
use crate::writes::Write;

/// By id.
pub(crate) type DistributionStates = BTreeMap<String, Distribution>;

/// How long the edges take to forget. CloudFront takes a few seconds to a minute.
const INVALIDATION: Duration = Duration::from_secs(5);

fn existing<'a>(
    states: &'a mut DistributionStates,
    operation: Operation,
    id: &str,
) -> Result<&'a mut Distribution, CloudError> {
    states.get_mut(id).ok_or_else(|| not_found(operation, "The specified distribution does not exist."))
}

#[async_trait]
impl Distributions for SimulatedAccount {
    async fn distribution(&self, id: &str) -> Result<Option<ObservedDistribution>, CloudError> {
        self.call(Operation::GetDistribution, |inside| Ok(inside.distributions.get(id).map(|it| it.settings.clone())))
            .await
    }

    async fn invalidate(&self, id: &str, reference: &str, paths: &[String]) -> Result<String, CloudError> {
        let operation = Operation::CreateInvalidation;
        self.call(operation, |inside| {
            let now = inside.state.now;
            let distribution = existing(&mut inside.distributions, operation, id)?;
            let earlier = distribution.invalidations.iter().find(|(_, earlier)| earlier.reference == reference);
            if let Some((invalidation, earlier)) = earlier {
                // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_InvalidationBatch.html
                return if earlier.paths == paths {
                    Ok(invalidation.clone())
                } else {
                    Err(refused(operation, "InvalidArgument", "Your caller reference was used with other paths."))
                };
            }
            if paths.is_empty() || paths.iter().any(|path| !path.starts_with('/') || !path.is_ascii()) {
                return Err(refused(operation, "InvalidArgument", "Your request contains one or more invalid paths."));
            }
            let invalidation = format!("I{:013}", distribution.invalidations.len() + 1);
            let made = Invalidation::new(reference, paths, after(now, INVALIDATION));
            distribution.invalidations.insert(invalidation.clone(), made);
            inside.writes.push(Write::CreateInvalidation {
                distribution: id.to_owned(),
                reference: reference.to_owned(),
                paths: paths.to_vec(),
            });
            Ok(invalidation)
        })
        .await
    }

    async fn is_invalidated(&self, id: &str, invalidation: &str) -> Result<bool, CloudError> {
        let operation = Operation::GetInvalidation;
        self.call(operation, |inside| {
            let now = inside.state.now;
            let found = existing(&mut inside.distributions, operation, id)?.invalidations.get(invalidation);
            let found = found.ok_or_else(|| not_found(operation, "The specified invalidation does not exist."))?;
            Ok(found.done_at <= now)
        })
        .await
    }
}
