use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// What a container does that runs an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageBehaviour {
    /// Answers health checks from `start` after it began to run, for ever.
    Healthy { start: Duration },
    /// Runs and never passes a health check. Without a load balancer and a health check of its own nobody notices.
    NeverHealthy,
    /// Answers health checks at once and exits `after` it began to run.
    Exits { exit_code: i32, after: Duration },
    /// The registry does not have it.
    CannotBePulled,
}

/// What the registries hold. An image that nobody pushed cannot be pulled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Images {
    images: BTreeMap<String, Image>,
}

#[derive(Debug, Clone, Default)]
struct Image {
    behaviour: Option<ImageBehaviour>,
    /// What a container writes, and how long after its start.
    lines: Vec<(Duration, String)>,
    /// `None`: the machine that most images are built for.
    platforms: Option<Vec<String>>,
}

impl Images {
    pub(crate) fn push(&mut self, image: &str, behaviour: ImageBehaviour) {
        self.entry(image).behaviour = Some(behaviour);
    }

    pub(crate) fn write(&mut self, image: &str, after: Duration, text: &str) {
        self.entry(image).lines.push((after, text.to_owned()));
    }

    pub(crate) fn set_platforms(&mut self, image: &str, platforms: Vec<String>) {
        self.entry(image).platforms = Some(platforms);
    }

    pub(crate) fn behaviour(&self, image: &str) -> ImageBehaviour {
        self.images.get(image).and_then(|image| image.behaviour).unwrap_or(ImageBehaviour::CannotBePulled)
    }

    pub(crate) fn lines(&self, image: &str) -> &[(Duration, String)] {
        self.images.get(image).map_or(&[], |image| &image.lines)
    }

    /// `None` for an image that is not there.
    pub(crate) fn platforms(&self, image: &str) -> Option<Vec<String>> {
        if self.behaviour(image) == ImageBehaviour::CannotBePulled {
            return None;
        }
        let image = self.images.get(image)?;
        Some(image.platforms.clone().unwrap_or_else(|| vec!["linux/amd64".to_owned()]))
    }

    fn entry(&mut self, image: &str) -> &mut Image {
        self.images.entry(image.to_owned()).or_default()
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
