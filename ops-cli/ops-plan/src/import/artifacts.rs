//! Images as artifacts, each by its digest.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{Build, BuildContent, Builds, Digest};

/// An image's name, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImageName {
    /// With the registry, which Docker leaves out for its own.
    pub(super) repository: String,
    pub(super) tag: Option<String>,
    pub(super) digest: Option<Digest>,
}

impl ImageName {
    pub(super) fn parse(image: &str) -> Option<Self> {
        let (name, digest) = match image.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::parse(digest)?)),
            None => (image, None),
        };
        // A colon before the last slash is the registry's port.
        let (repository, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag.to_owned())),
            _ => (name, None),
        };
        let repository = match repository.split_once('/') {
            None => format!("docker.io/library/{repository}"),
            Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => repository.to_owned(),
            Some(_) => format!("docker.io/{repository}"),
        };
        is_repository(&repository).then_some(Self { repository, tag, digest })
    }
}

/// The form that `builds.yaml` takes: a registry, and lower-case words with one separator between two of them.
fn is_repository(repository: &str) -> bool {
    let mut parts = repository.split('/');
    let registry = parts.next().unwrap_or_default();
    let (host, port) = registry.split_once(':').unwrap_or((registry, "0"));
    let is_word = |word: &str| {
        let lower = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = word.as_bytes();
        let ends = bytes.first().is_some_and(|byte| lower(*byte)) && bytes.last().is_some_and(|byte| lower(*byte));
        let separated = bytes.windows(2).all(|two| two.iter().any(|byte| lower(*byte)));
        ends && separated && bytes.iter().all(|byte| lower(*byte) || b"._-".contains(byte))
    };
    let is_host = host.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
        && host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = parts.peekable();
    is_host && is_port && words.peek().is_some() && words.all(is_word)
}

/// What was imported by name: a build each, where its digest is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Artifacts(BTreeMap<String, (ImageName, Option<Digest>)>);

impl Artifacts {
    /// The artifact of an image. Two digests of one repository are two artifacts: each workload goes on with what it runs.
    pub(super) fn of(&mut self, image: &ImageName, digest: Option<&Digest>, workload: &str) -> String {
        let known = self.0.iter().find(|(_, (known, known_digest))| {
            known.repository == image.repository
                && known_digest.as_ref() == digest
                && (digest.is_some() || known.tag == image.tag)
        });
        if let Some((name, _)) = known {
            return name.clone();
        }
        let last = image.repository.rsplit('/').next().unwrap_or_default();
        let candidates = [artifact_name(last), artifact_name(&format!("{last}-{workload}"))].into_iter();
        let numbered = (2..).map(|number| artifact_name(&format!("{number}-{last}-{workload}")));
        let name = candidates.chain(numbered).find(|name| !self.0.contains_key(name)).unwrap_or_default();
        self.0.insert(name.clone(), (image.clone(), digest.cloned()));
        name
    }

    /// The artifact with this build, if there is one.
    pub(super) fn find(&self, image: &ImageName, digest: &Digest) -> Option<&str> {
        let mut known = self.0.iter();
        let found = known.find(|(_, (known, known_digest))| {
            known.repository == image.repository && known_digest.as_ref() == Some(digest)
        });
        found.map(|(name, _)| name.as_str())
    }

    /// `builds.yaml`: what has a digest.
    pub(super) fn builds(&self) -> Builds {
        let pinned =
            self.0.iter().filter_map(|(name, (image, digest))| Some((name.clone(), build(image, digest.as_ref()?))));
        Builds { version: Builds::VERSION, artifacts: pinned.collect(), holds: Vec::new() }
    }

    /// Artifacts without a digest.
    pub(super) fn unpinned(&self) -> BTreeSet<String> {
        let unpinned = self.0.iter().filter(|(_, (_, digest))| digest.is_none());
        unpinned.map(|(name, _)| name.clone()).collect()
    }

    /// A build for every artifact, so that what hangs on it can be rendered. Where no digest is known, the image is among the
    /// overrides, and what stands here for it is never seen.
    pub(super) fn renderable(&self) -> Builds {
        let nowhere = Digest(format!("sha256:{}", "0".repeat(64)));
        let builds = self
            .0
            .iter()
            .map(|(name, (image, digest))| (name.clone(), build(image, digest.as_ref().unwrap_or(&nowhere))));
        Builds { version: Builds::VERSION, artifacts: builds.collect(), holds: Vec::new() }
    }
}

fn build(image: &ImageName, digest: &Digest) -> Build {
    let is_version = |tag: &&String| {
        tag.len() <= 64
            && tag.starts_with(|first: char| first.is_ascii_alphanumeric())
            && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let short = digest.0.get(7..19).unwrap_or_default().to_owned();
    Build {
        content: BuildContent::Image(image.repository.clone()),
        digest: digest.clone(),
        version: image.tag.as_ref().filter(is_version).cloned().unwrap_or(short),
        commit: None,
        promoted_from: None,
        promoted_by: None,
        evidence: None,
    }
}

/// A lower-case letter, then up to 39 letters, digits and hyphens.
fn artifact_name(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let clean: String = lower.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let begins_well = clean.starts_with(|first: char| first.is_ascii_lowercase());
    let whole = if begins_well { clean } else { format!("a{clean}") };
    whole.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_taken_apart_as_docker_does() {
        let parts = |image: &str| ImageName::parse(image).map(|name| (name.repository, name.tag));
        let some = |repository: &str, tag: Option<&str>| Some((repository.to_owned(), tag.map(str::to_owned)));
        assert_eq!(parts("nginx"), some("docker.io/library/nginx", None));
        assert_eq!(parts("team/app:1"), some("docker.io/team/app", Some("1")));
        assert_eq!(parts("localhost:5000/app"), some("localhost:5000/app", None));
        assert_eq!(
            parts("1.dkr.ecr.eu-west-1.amazonaws.com/a/b:v1"),
            some("1.dkr.ecr.eu-west-1.amazonaws.com/a/b", Some("v1"))
        );
        assert_eq!(parts("app@sha256:123"), None);
        assert_eq!(parts("Upper/CASE"), None);
    }

    #[test]
    fn two_digests_of_one_repository_are_two_artifacts() {
        let mut artifacts = Artifacts::default();
        let image = ImageName::parse("registry.example/team/app:1.4.0").expect("a name");
        let digest = |letter: &str| Digest(format!("sha256:{}", letter.repeat(64)));
        assert_eq!(artifacts.of(&image, Some(&digest("a")), "api"), "app");
        assert_eq!(artifacts.of(&image, Some(&digest("a")), "worker"), "app");
        assert_eq!(artifacts.of(&image, Some(&digest("b")), "worker"), "app-worker");
        assert_eq!(artifacts.of(&image, None, "late"), "app-late");
        assert_eq!(artifacts.unpinned(), ["app-late".to_owned()].into());
    }
}
