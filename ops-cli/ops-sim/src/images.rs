use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// What a container does that runs an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageBehaviour {
    /// Answers health checks from `start` after it began to run, for ever.
    Healthy { start: Duration },
    /// Runs and never passes a health check. Without a load balancer nobody notices.
    NeverHealthy,
    /// Answers health checks at once and exits `after` it began to run.
    Crashes { exit_code: i32, after: Duration },
    /// The registry does not have it.
    CannotBePulled,
}

/// What the registries hold. An image that nobody pushed cannot be pulled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Images {
    behaviours: BTreeMap<String, ImageBehaviour>,
}

impl Images {
    pub(crate) fn push(&mut self, image: &str, behaviour: ImageBehaviour) {
        self.behaviours.insert(image.to_owned(), behaviour);
    }

    pub(crate) fn behaviour(&self, image: &str) -> ImageBehaviour {
        self.behaviours.get(image).copied().unwrap_or(ImageBehaviour::CannotBePulled)
    }
}

/// The digest that an image reference names, or for a tag one that depends on the reference alone.
pub(crate) fn digest(image: &str) -> String {
    match image.split_once('@') {
        Some((_, digest)) => digest.to_owned(),
        None => format!("sha256:{}", hexadecimal(&Sha256::digest(image))),
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
