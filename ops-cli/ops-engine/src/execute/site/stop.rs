use crate::bundle::BundleError;
use crate::cloud::CloudError;

/// Why a publication did not come to its end.
#[derive(Debug)]
pub(super) enum Stop {
    Cloud(CloudError),
    Bundle(BundleError),
    /// By whoever asked; during what.
    Interrupted(&'static str),
    TimedOut(&'static str),
}

impl From<CloudError> for Stop {
    fn from(error: CloudError) -> Self {
        Self::Cloud(error)
    }
}

impl From<BundleError> for Stop {
    fn from(error: BundleError) -> Self {
        Self::Bundle(error)
    }
}
