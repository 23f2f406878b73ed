use async_trait::async_trait;
use aws_sdk_cloudfront::types::{DistributionConfig, InvalidationBatch, Paths};
use ops_engine::cloud::{CloudError, Distributions};
use ops_model::site::{ErrorResponse, ObservedDistribution};

use crate::error::Errors;

/// CloudFront, which is one for all regions.
pub(crate) struct CloudFrontDistributions {
    pub(crate) sdk: aws_sdk_cloudfront::Client,
    pub(crate) errors: Errors,
}

const DEPLOYED: &str = "Deployed";
const COMPLETED: &str = "Completed";

#[async_trait]
impl Distributions for CloudFrontDistributions {
    async fn distribution(&self, id: &str) -> Result<Option<ObservedDistribution>, CloudError> {
        const OPERATION: &str = "GetDistribution";
        let answer = match self.sdk.get_distribution().id(id).send().await {
            Ok(answer) => answer,
            Err(error) => {
                let error = self.errors.of(OPERATION, error);
                return if error.is_not_found() { Ok(None) } else { Err(error) };
            }
        };
        let distribution = answer.distribution;
        let (status, config) = distribution.map(|it| (it.status, it.distribution_config)).unzip();
        let config = config
            .flatten()
            .ok_or_else(|| self.errors.unexpected(OPERATION, format!("distribution {id} came without settings")))?;
        Ok(Some(observed(config, status.as_deref() == Some(DEPLOYED))))
    }

    async fn invalidate(&self, id: &str, reference: &str, paths: &[String]) -> Result<String, CloudError> {
        const OPERATION: &str = "CreateInvalidation";
        let quantity = i32::try_from(paths.len()).unwrap_or(i32::MAX);
        let unbuilt = |error| self.errors.refused(OPERATION, format!("the request could not be built: {error}"));
        let paths = Paths::builder().quantity(quantity).set_items(Some(paths.to_vec())).build().map_err(unbuilt)?;
        let batch = InvalidationBatch::builder().caller_reference(reference).paths(paths).build().map_err(unbuilt)?;
        let request = self.sdk.create_invalidation().distribution_id(id).invalidation_batch(batch);
        let answer = request.send().await.map_err(|error| self.errors.of(OPERATION, error))?;
        let made = answer.invalidation.map(|invalidation| invalidation.id);
        made.ok_or_else(|| self.errors.unexpected(OPERATION, format!("an invalidation of {id} came without id")))
    }

    async fn is_invalidated(&self, id: &str, invalidation: &str) -> Result<bool, CloudError> {
        let request = self.sdk.get_invalidation().distribution_id(id).id(invalidation);
        let answer = request.send().await.map_err(|error| self.errors.of("GetInvalidation", error))?;
        Ok(answer.invalidation.is_some_and(|invalidation| invalidation.status == COMPLETED))
    }
}

fn observed(config: DistributionConfig, deployed: bool) -> ObservedDistribution {
    let behaviour = config.default_cache_behavior;
    let (target, viewer_protocol) = behaviour
        .map(|behaviour| (behaviour.target_origin_id, behaviour.viewer_protocol_policy.as_str().to_owned()))
        .unwrap_or_default();
    let origins = config.origins.map(|origins| origins.items).unwrap_or_default();
    let origin = origins.into_iter().find(|origin| origin.id == target);
    let (origin_domain, origin_access_control) = origin
        .map(|origin| (origin.domain_name, origin.origin_access_control_id.unwrap_or_default()))
        .unwrap_or_default();
    let responses = config.custom_error_responses.and_then(|responses| responses.items).unwrap_or_default();
    let responses = responses.into_iter().filter_map(|response| {
        Some(ErrorResponse {
            code: u32::try_from(response.error_code).ok()?,
            page: response.response_page_path.filter(|page| !page.is_empty()),
            answered_as: response.response_code.and_then(|code| code.parse().ok()),
        })
    });
    let others = config.cache_behaviors.and_then(|behaviours| behaviours.items).unwrap_or_default();
    ObservedDistribution {
        enabled: config.enabled,
        deployed,
        default_root_object: config.default_root_object.unwrap_or_default(),
        error_responses: responses.collect(),
        origin_domain,
        origin_access_control,
        viewer_protocol,
        other_behaviours: others.into_iter().map(|behaviour| behaviour.path_pattern).collect(),
    }
}
