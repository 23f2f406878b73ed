use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::meta::region::{ProvideRegion, RegionProviderChain};
use aws_config::profile::ProfileFileRegionProvider;

/// The person's AWS settings name another region than the declaration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the AWS settings say region {configured}, the declaration says {declared}")]
pub struct RegionMismatch {
    /// From `AWS_REGION`, `AWS_DEFAULT_REGION` or the profile.
    pub configured: String,
    pub declared: String,
}

/// The region that a person has set by environment variable or profile. Where the machine happens to run (instance
/// metadata) is no setting.
pub(crate) fn configured_region(profile: Option<&str>) -> RegionProviderChain {
    let mut from_profile = ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        from_profile = from_profile.profile_name(profile);
    }
    RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(from_profile.build())
}

/// A setting that contradicts the declaration is refused: somebody thinks of another place than git does.
pub(crate) async fn check_region(configured: impl ProvideRegion, declared: &str) -> Result<(), RegionMismatch> {
    match configured.region().await {
        Some(configured) if configured.as_ref() != declared => {
            Err(RegionMismatch { configured: configured.to_string(), declared: declared.to_owned() })
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use aws_config::Region;

    use super::*;

    #[tokio::test]
    async fn another_region_is_refused() {
        let refused = check_region(Some(Region::from_static("us-east-1")), "ap-northeast-2").await;
        assert_eq!(
            refused,
            Err(RegionMismatch { configured: "us-east-1".to_owned(), declared: "ap-northeast-2".to_owned() })
        );
    }

    #[tokio::test]
    async fn the_same_region_and_none_are_fine() {
        assert_eq!(check_region(Some(Region::from_static("ap-northeast-2")), "ap-northeast-2").await, Ok(()));
        assert_eq!(check_region(None::<Region>, "ap-northeast-2").await, Ok(()));
    }
}
