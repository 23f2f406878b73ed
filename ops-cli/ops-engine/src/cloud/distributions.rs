use async_trait::async_trait;
use ops_model::site::ObservedDistribution;

use super::CloudError;

/// CloudFront distributions.
#[async_trait]
pub trait Distributions: Send + Sync {
    /// `None` when there is no such distribution.
    async fn distribution(&self, id: &str) -> Result<Option<ObservedDistribution>, CloudError>;

    /// Makes all edges forget paths, and returns the id of the invalidation. The same reference with the same paths is the
    /// same invalidation.
    ///
    /// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html>
    async fn invalidate(&self, id: &str, reference: &str, paths: &[String]) -> Result<String, CloudError>;

    /// Whether every edge has forgotten them. An invalidation that is not there is an error that says
    /// [`CloudError::is_not_found`].
    async fn is_invalidated(&self, id: &str, invalidation: &str) -> Result<bool, CloudError>;
}
