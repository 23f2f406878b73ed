//! The edges of CloudFront: what a browser gets, which is not always what the bucket holds.

use std::collections::BTreeMap;
use std::time::Duration;

use ops_model::site::{OWN_FOLDER, ObjectHeaders, ObservedDistribution};
use percent_encoding::percent_decode_str;

use crate::account::SimulatedAccount;
use crate::objects::Bucket;

/// What a browser gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: ObjectHeaders,
    /// Whether the edge had it already.
    pub from_cache: bool,
}

/// One distribution: its settings, what its edges keep, and what they are to forget.
#[derive(Debug, Clone, Default)]
pub(crate) struct Distribution {
    pub(crate) bucket: String,
    pub(crate) settings: ObservedDistribution,
    pub(crate) invalidations: BTreeMap<String, Invalidation>,
    /// By path as it was asked for.
    cache: BTreeMap<String, Cached>,
}

#[derive(Debug, Clone)]
struct Cached {
    served: Served,
    fresh_until: Duration,
}

#[derive(Debug, Clone)]
pub(crate) struct Invalidation {
    pub(crate) reference: String,
    pub(crate) paths: Vec<String>,
    pub(crate) done_at: Duration,
    applied: bool,
}

impl Invalidation {
    pub(crate) fn new(reference: &str, paths: &[String], done_at: Duration) -> Self {
        Self { reference: reference.to_owned(), paths: paths.to_vec(), done_at, applied: false }
    }
}

impl Distribution {
    pub(crate) fn new(bucket: &str, settings: ObservedDistribution) -> Self {
        Self { bucket: bucket.to_owned(), settings, ..Self::default() }
    }

    /// Edges forget at the last moment that they may.
    fn forget(&mut self, now: Duration) {
        for invalidation in self.invalidations.values_mut() {
            if invalidation.applied || invalidation.done_at > now {
                continue;
            }
            invalidation.applied = true;
            let fits = |path: &str| {
                invalidation.paths.iter().any(|named| match named.strip_suffix('*') {
                    Some(beginning) => path.starts_with(beginning),
                    None => path == named,
                })
            };
            self.cache.retain(|path, _| !fits(path));
        }
    }

    fn serve(&mut self, path: &str, bucket: Option<&Bucket>, now: Duration) -> Served {
        self.forget(now);
        if !self.settings.enabled {
            return error(404);
        }
        if let Some(cached) = self.cache.get(path).filter(|cached| now < cached.fresh_until) {
            return Served { from_cache: true, ..cached.served.clone() };
        }
        let served = self.ask_bucket(path, bucket);
        match seconds_fresh(&served.headers.cache_control) {
            0 => drop(self.cache.remove(path)),
            seconds => {
                let cached = Cached { served: served.clone(), fresh_until: now + Duration::from_secs(seconds) };
                self.cache.insert(path.to_owned(), cached);
            }
        }
        served
    }

    fn ask_bucket(&self, path: &str, bucket: Option<&Bucket>) -> Served {
        let key = percent_decode_str(path.trim_start_matches('/')).decode_utf8_lossy().into_owned();
        let key = if key.is_empty() { self.settings.default_root_object.clone() } else { key };
        let object = |key: &str| {
            let object = bucket?.objects.get(key).filter(|_| !key.starts_with(OWN_FOLDER))?;
            Some((object.body.clone(), object.details.headers.clone()))
        };
        if let Some((body, headers)) = object(&key) {
            return Served { status: 200, body, headers, from_cache: false };
        }
        let status = if key.starts_with(OWN_FOLDER) { 403 } else { 404 };
        let response = self.settings.error_responses.iter().find(|response| response.code == u32::from(status));
        let page = response.and_then(|response| {
            let (body, headers) = object(response.page.as_deref()?.trim_start_matches('/'))?;
            Some((body, headers, response.answered_as))
        });
        match page {
            Some((body, headers, answered_as)) => {
                let status = answered_as.and_then(|code| u16::try_from(code).ok()).unwrap_or(status);
                // It is kept no longer than the error would be: not at all.
                let headers = ObjectHeaders { cache_control: String::new(), ..headers };
                Served { status, body, headers, from_cache: false }
            }
            None => error(status),
        }
    }
}

fn error(status: u16) -> Served {
    Served { status, body: Vec::new(), headers: ObjectHeaders::default(), from_cache: false }
}

/// How long an edge serves an object without asking the bucket.
fn seconds_fresh(cache_control: &str) -> u64 {
    let mut directives = cache_control.split(',').map(str::trim);
    if directives.clone().any(|directive| directive == "no-cache" || directive == "no-store") {
        return 0;
    }
    directives.find_map(|directive| directive.strip_prefix("max-age=")?.parse().ok()).unwrap_or(0)
}

impl SimulatedAccount {
    /// What a browser gets that asks a distribution for a path. It is no call of ops.
    #[must_use]
    pub fn browse(&self, distribution: &str, path: &str) -> Served {
        let mut inside = self.lock();
        let inside = &mut *inside;
        let now = inside.state.now;
        let Some(distribution) = inside.distributions.get_mut(distribution) else { return error(404) };
        let bucket = inside.buckets.get(&distribution.bucket);
        distribution.serve(path, bucket, now)
    }
}
