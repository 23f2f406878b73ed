//! Which build runs, and where.

pub(super) mod show;

use serde::Serialize;

use crate::configuration::Configuration;

/// The build that runs: what a person or a scenario asks for to see that a deployment arrived.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Version {
    /// The version that the image was built as, for example `1.4.0`.
    version: String,
    /// The source commit, in full.
    commit: String,
    /// The environment that this process was deployed to.
    environment: String,
}

impl Version {
    pub(crate) fn of(configuration: &Configuration) -> Self {
        Self {
            version: configuration.version.clone(),
            commit: configuration.commit.clone(),
            environment: configuration.environment.clone(),
        }
    }
}
