//! What is known of the objects in a site's bucket: what ops left there and nobody has touched since, or what S3 says
//! of it.

use std::collections::BTreeMap;

use ops_model::declaration::Digest;
use ops_model::site::{CurrentBuild, ObjectHeaders, ObservedObject, ObservedSite, SiteBuild};

/// What lies under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Missing,
    /// Nobody has said what it holds.
    Unknown,
    Is {
        sha256: &'a str,
        headers: &'a ObjectHeaders,
    },
}

pub(super) struct Known<'a> {
    live: &'a ObservedSite,
    published: BTreeMap<String, (&'a str, &'a ObjectHeaders)>,
}

impl<'a> Known<'a> {
    pub(super) fn of(live: &'a ObservedSite) -> Self {
        let mut published = BTreeMap::new();
        let served = live.current.as_ref().and_then(|current| current.build.as_ref());
        for (path, file) in served.and_then(|served| live.builds.get(served)).iter().flat_map(|build| &build.files) {
            published.insert(path.clone(), (file.sha256.as_str(), &file.headers));
        }
        // The one that was served last has written the headers that count.
        for build in kept(live) {
            for (path, file) in &build.files {
                published.entry(file.held_at(path)).or_insert((file.sha256.as_str(), &file.headers));
            }
        }
        Self { live, published }
    }

    /// What ops left under a key, whatever is there now.
    pub(super) fn published(&self, key: &str) -> Option<(&'a str, &'a ObjectHeaders)> {
        self.published.get(key).copied()
    }

    pub(super) fn content(&self, key: &str) -> Content<'a> {
        let Some(object) = self.live.objects.get(key) else { return Content::Missing };
        match &object.details {
            Some(details) => match &details.sha256 {
                Some(sha256) => Content::Is { sha256, headers: &details.headers },
                None => Content::Unknown,
            },
            None if self.is_untouched(key, object) => match self.published(key) {
                Some((sha256, headers)) => Content::Is { sha256, headers },
                None => Content::Unknown,
            },
            None => Content::Unknown,
        }
    }

    /// Whether S3 has to be asked what an object is: its listing does not show that it is as ops left it. A change of
    /// headers leaves the entity tag as it was, so the time counts too.
    pub(super) fn is_doubtful(&self, key: &str) -> bool {
        self.live.objects.get(key).is_some_and(|object| {
            !self.is_untouched(key, object)
                || self.published(key).is_none()
                || self.live.current_modified.is_none_or(|written| object.modified >= written)
        })
    }

    fn is_untouched(&self, key: &str, object: &ObservedObject) -> bool {
        let left = self.live.current.as_ref().and_then(|current| current.entity_tags.get(key));
        left == Some(&object.entity_tag)
    }
}

/// Builds that the bucket holds, the one that was served last first.
pub(super) fn kept(live: &ObservedSite) -> impl Iterator<Item = &SiteBuild> {
    live.current.iter().flat_map(|current| &current.kept).filter_map(move |digest| live.builds.get(digest))
}

pub(super) fn served(live: &ObservedSite) -> Option<&Digest> {
    live.current.as_ref().and_then(|CurrentBuild { build, .. }| build.as_ref())
}
