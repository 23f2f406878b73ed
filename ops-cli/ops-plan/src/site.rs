//! Sites: which objects a bucket has to hold, what of it is not so, and in which order it is brought about, so that
//! nobody ever sees half a build.

mod distribution;
mod expected;
mod hashed_name;
mod headers;
mod invalidation;
mod known;
mod missing_variants;
mod summary;
mod way_back;

use std::collections::{BTreeMap, BTreeSet};

use ops_model::bundle::{Bundle, BundleFile};
use ops_model::declaration::{Build, BuildContent, Builds, Digest, Site};
use ops_model::plan::{
    Act, Change, ChangeClass, Difference, SiteAccessAct, SiteAct, SiteCopy, SiteGate, SiteUpload, SiteWork,
};
use ops_model::platform::PlatformSite;
use ops_model::precompressed::unpacked;
use ops_model::site::{
    BUILDS_PREFIX, CurrentBuild, OWN_FOLDER, ObjectHeaders, ObservedSite, PublicAccess, STAGED_PREFIX, SiteBuild,
    SiteFile, SiteState, WantedBundle, build_key,
};

use self::expected::{Expected, Source};
use self::headers::HeaderRules;
use self::known::{Content, Known};
use self::summary::{FILES, Group};
pub use self::way_back::NoWayBack;
pub(crate) use self::way_back::{before, way_back};
use crate::change::{change, of_calls};

/// Seconds within which an invalidation is done; most take less than a minute.
const PUBLISH_SECONDS: u32 = 1800;

/// Foreign objects that are deleted without asking, however small the site is.
const FEW_OBJECTS: usize = 20;

/// Names of objects that a gate shows.
const EXAMPLES: usize = 5;

/// One declared site whose build and place are there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) name: &'a str,
    pub(crate) site: &'a Site,
    pub(crate) place: &'a PlatformSite,
    pub(crate) build: &'a Build,
    pub(crate) live: &'a ObservedSite,
}

pub(crate) enum Comparison {
    InSync,
    Change(Box<Change>),
    Held(SiteGate),
}

/// Build of a site's artifact; an image is none, which `ops check` says.
pub(crate) fn build<'a>(builds: &'a Builds, artifact: &str) -> Option<&'a Build> {
    builds.artifacts.get(artifact).filter(|build| matches!(build.content, BuildContent::Bundle(_)))
}

/// Objects that S3 has to be asked about one by one, because its listing does not show that they are as they should be.
pub(crate) fn doubtful_objects(subject: &Subject<'_>) -> BTreeSet<String> {
    let wanted = wanted(subject).ok().filter(|_| subject.live.current.is_some());
    wanted.map(|wanted| doubtful_beside(subject, &wanted)).unwrap_or_default()
}

/// The same when this build is to be served.
pub(crate) fn doubtful_beside(subject: &Subject<'_>, wanted: &SiteBuild) -> BTreeSet<String> {
    let known = Known::of(subject.live);
    let others = others(subject, wanted);
    expected::objects(wanted, &others).into_keys().filter(|key| known.is_doubtful(key)).collect()
}

pub(crate) fn compare(subject: &Subject<'_>) -> Comparison {
    match wanted(subject) {
        Ok(wanted) => compare_with(subject, &wanted),
        Err(why) => Comparison::Held(SiteGate::Bundle { why }),
    }
}

fn compare_with(subject: &Subject<'_>, wanted: &SiteBuild) -> Comparison {
    let Subject { name, site, live, place, build: _ } = subject;
    let served_paths = live.objects.keys().filter(|key| !key.starts_with(OWN_FOLDER));
    if live.current.is_none() && served_paths.clone().next().is_some() {
        let examples = served_paths.clone().take(EXAMPLES).cloned().collect();
        return Comparison::Held(SiteGate::NotOwned { objects: served_paths.count(), examples });
    }
    let taken = expected::names_taken(wanted, &other_builds(live, wanted));
    if !taken.is_empty() {
        return Comparison::Held(SiteGate::NameTaken { paths: taken });
    }
    let comparison = Work::of(subject, wanted);
    if let Some(gate) = comparison.foreign_objects() {
        return Comparison::Held(gate);
    }
    let Some(change) = comparison.change(name, site) else { return Comparison::InSync };
    let settings = distribution::differences(site, place, live.distribution.as_ref());
    if settings.is_empty() {
        Comparison::Change(Box::new(change))
    } else {
        Comparison::Held(SiteGate::Distribution { settings })
    }
}

/// Settings of the distribution that are not as Terraform makes them.
pub(crate) fn distribution(subject: &Subject<'_>) -> Vec<Difference> {
    distribution::differences(subject.site, subject.place, subject.live.distribution.as_ref())
}

/// What closes a bucket that people could read past the distribution.
pub(crate) fn access(name: &str, place: &PlatformSite, live: &ObservedSite) -> Option<Change> {
    let PublicAccess {
        block_public_acls,
        ignore_public_acls,
        block_public_policy,
        restrict_public_buckets,
        public_policy,
    } = live.public_access;
    let blocks = [
        ("block public lists", block_public_acls),
        ("ignore public lists", ignore_public_acls),
        ("block public policies", block_public_policy),
        ("restrict a public policy", restrict_public_buckets),
    ];
    let off = blocks.into_iter().filter(|(_, on)| !on);
    let differences: Vec<_> = off
        .map(|(path, _)| Difference {
            path: path.to_owned(),
            live: Some("off".to_owned()),
            declared: Some("on".to_owned()),
            class: ChangeClass::InPlace,
        })
        .collect();
    if differences.is_empty() {
        return None;
    }
    let act = Act::SiteAccess(SiteAccessAct::Close { bucket: place.bucket.clone() });
    let mut change = of_calls(name, ChangeClass::InPlace, act, differences);
    if public_policy {
        change.warnings.push(format!("anyone on the internet can read the bucket {} now", place.bucket));
    }
    Some(change)
}

/// The wanted build, as its manifest will say; or why it cannot be brought.
fn wanted(subject: &Subject<'_>) -> Result<SiteBuild, String> {
    let Subject { site, build, live, .. } = subject;
    let files = match &live.wanted {
        WantedBundle::Known { files } => files,
        WantedBundle::Unusable { why } => return Err(why.clone()),
        WantedBundle::None => return Err("nobody has looked at the bundle".to_owned()),
    };
    let bundle = Bundle { version: Bundle::VERSION, files: files.clone() };
    bundle.check_for(site).map_err(|fault| fault.to_string())?;
    let (BuildContent::Bundle(place) | BuildContent::Image(place)) = &build.content;
    let rules = HeaderRules::of(site);
    let file = |(path, BundleFile { sha256, size }): (&String, &BundleFile)| {
        let headers = rules.headers(path, files);
        // A page that an open tab may be looking at is not overwritten before the flip, whatever it is from now on.
        let changed_before =
            known::kept(live).any(|kept| kept.files.get(path).is_some_and(|earlier| !earlier.immutable));
        let immutable = rules.never_changes(path, &headers) && !changed_before;
        (path.clone(), SiteFile { sha256: sha256.clone(), size: *size, immutable, headers })
    };
    let files = files.iter().map(file).collect();
    Ok(SiteBuild { version: SiteBuild::VERSION, digest: build.digest.clone(), bundle: place.clone(), files })
}

/// Builds that the bucket holds beside the wanted one.
fn other_builds<'a>(live: &'a ObservedSite, wanted: &SiteBuild) -> Vec<&'a SiteBuild> {
    known::kept(live).filter(|kept| kept.digest != wanted.digest).collect()
}

/// Those of them that are kept.
fn others<'a>(subject: &Subject<'a>, wanted: &SiteBuild) -> Vec<&'a SiteBuild> {
    let keep = usize::try_from(subject.site.keep_builds).unwrap_or(usize::MAX).saturating_sub(1);
    let fitting = other_builds(subject.live, wanted).into_iter().filter(|other| expected::fits_beside(wanted, other));
    fitting.take(keep).collect()
}

/// Everything in which a bucket departs from what it has to hold.
struct Work<'a> {
    subject: &'a Subject<'a>,
    wanted: &'a SiteBuild,
    kept: Vec<&'a SiteBuild>,
    known: Known<'a>,
    expected: BTreeMap<String, Expected<'a>>,
    uploads: BTreeMap<String, Vec<SiteUpload>>,
    copies: Vec<SiteCopy>,
    deletions: Vec<String>,
    removals: Vec<String>,
    /// Objects that nobody knows of, among the deletions.
    foreign: Vec<&'a str>,
    /// Paths of files that people may have seen otherwise.
    changed: BTreeSet<String>,
    entity_tags: BTreeMap<String, String>,
}

impl<'a> Work<'a> {
    fn of(subject: &'a Subject<'a>, wanted: &'a SiteBuild) -> Self {
        let kept = others(subject, wanted);
        let expected = expected::objects(wanted, &kept);
        let known = Known::of(subject.live);
        let mut work = Self {
            subject,
            wanted,
            kept,
            known,
            expected: BTreeMap::new(),
            uploads: BTreeMap::new(),
            copies: Vec::new(),
            deletions: Vec::new(),
            removals: Vec::new(),
            foreign: Vec::new(),
            changed: BTreeSet::new(),
            entity_tags: BTreeMap::new(),
        };
        for (key, expected) in &expected {
            work.compare(key, expected);
        }
        work.expected = expected;
        work.compare_rest();
        work
    }

    fn compare(&mut self, key: &str, expected: &Expected<'a>) {
        let content = self.known.content(key);
        let (same_content, same_headers) = match content {
            Content::Missing | Content::Unknown => (false, false),
            Content::Is { sha256, headers } => {
                (sha256 == expected.sha256, expected.headers.is_none_or(|wanted| wanted == headers))
            }
        };
        match (&expected.source, same_content, same_headers, expected.headers) {
            (_, true, true, _) => {
                if let Some(object) = self.subject.live.objects.get(key) {
                    self.entity_tags.insert(key.to_owned(), object.entity_tag.clone());
                }
                return;
            }
            (Source::Staged(from), _, _, Some(headers)) => self.copy(from, key, expected.sha256, headers),
            // It is there, and only what is said of it has to change.
            (Source::Bundle { .. }, true, false, Some(headers)) => self.copy(key, key, expected.sha256, headers),
            (Source::Bundle { bundle, path }, _, _, headers) => {
                let upload = SiteUpload {
                    path: (*path).to_owned(),
                    key: key.to_owned(),
                    sha256: expected.sha256.to_owned(),
                    size: expected.size,
                    headers: headers.cloned().unwrap_or_else(staged_headers),
                };
                self.uploads.entry((*bundle).to_owned()).or_default().push(upload);
                // Nobody can have asked for a file that never was, but somebody may for one that was deleted or altered.
                let is_new = content == Content::Missing && self.known.published(key).is_none();
                if headers.is_some() && !is_new {
                    self.changed.insert(key.to_owned());
                }
                return;
            }
            (Source::Staged(_), _, _, None) => return,
        }
        self.changed.insert(key.to_owned());
    }

    fn copy(&mut self, from: &str, to: &str, sha256: &str, headers: &ObjectHeaders) {
        let copy =
            SiteCopy { from: from.to_owned(), to: to.to_owned(), sha256: sha256.to_owned(), headers: headers.clone() };
        self.copies.push(copy);
    }

    /// Objects that nothing needs.
    fn compare_rest(&mut self) {
        let live = self.subject.live;
        let manifests: BTreeSet<_> = std::iter::once(self.wanted)
            .chain(self.kept.iter().copied())
            .map(|build| build_key(&build.digest))
            .collect();
        let held: BTreeSet<&str> = known::kept(live)
            .flat_map(|build| build.files.iter().filter(|(_, file)| file.immutable))
            .map(|(path, _)| path.as_str())
            .collect();
        for key in live.objects.keys().filter(|key| !self.expected.contains_key(*key)) {
            if key.starts_with(OWN_FOLDER) {
                let ours = key.starts_with(BUILDS_PREFIX) || key.starts_with(STAGED_PREFIX);
                if !manifests.contains(key) && ours {
                    self.removals.push(key.clone());
                }
            } else if held.contains(key.as_str()) {
                self.removals.push(key.clone());
            } else {
                if self.known.published(key).is_none() {
                    self.foreign.push(key);
                }
                self.deletions.push(key.clone());
                self.changed.insert(key.clone());
            }
        }
    }

    /// More would be deleted of what nobody knows than the site has itself.
    fn foreign_objects(&self) -> Option<SiteGate> {
        let objects = self.foreign.len();
        (objects > FEW_OBJECTS && objects > self.expected.len()).then(|| SiteGate::ForeignObjects {
            objects,
            examples: self.foreign.iter().take(EXAMPLES).map(|key| (*key).to_owned()).collect(),
        })
    }

    fn change(mut self, name: &str, site: &Site) -> Option<Change> {
        let live = self.subject.live;
        let kept: Vec<_> =
            std::iter::once(self.wanted).chain(self.kept.iter().copied()).map(|build| build.digest.clone()).collect();
        let stored = live.builds.get(&self.wanted.digest);
        let has_manifest = stored == Some(self.wanted) && live.objects.contains_key(&build_key(&self.wanted.digest));
        let in_place = self.uploads.is_empty()
            && self.copies.is_empty()
            && self.deletions.is_empty()
            && self.removals.is_empty()
            && has_manifest;
        let current = live.current.as_ref();
        let is_current = current.is_some_and(|current| {
            let CurrentBuild { version: _, build, since: _, kept: kept_now, state, entity_tags: _ } = current;
            build.as_ref() == Some(&self.wanted.digest) && *kept_now == kept && *state == SiteState::Live
        });
        if in_place && is_current {
            return None;
        }
        let (mut differences, drifted) = (self.differences(), self.drift());
        let is_repair = is_current && (!drifted.is_empty() || differences.is_empty());
        differences.extend(drifted);
        let mut reasons = Vec::new();
        if current.is_some_and(|current| current.state != SiteState::Live) {
            reasons.push("goes on where an earlier publication was cut off".to_owned());
        }
        if differences.is_empty() && reasons.is_empty() {
            reasons.push("tidies up what no build that is kept needs".to_owned());
        }
        let is_first = current.is_none_or(|current| current.build.is_none());
        let work = self.work(site, kept, has_manifest);
        let act = if is_repair { SiteAct::Repair(Box::new(work)) } else { SiteAct::Publish(Box::new(work)) };
        let class = if is_first { ChangeClass::Create } else { ChangeClass::InPlace };
        differences.sort();
        let warnings = missing_variants::warnings(live, &self.expected, site);
        Some(Change { differences, reasons, warnings, ..change(name, class, Act::Site(act), PUBLISH_SECONDS) })
    }

    fn work(&mut self, site: &Site, kept: Vec<Digest>, has_manifest: bool) -> SiteWork {
        let Subject { live, place, .. } = self.subject;
        let paths = invalidation::paths(self.changed.iter().map(String::as_str), &site.entry);
        let current = live.current.as_ref();
        let same_build = current.is_some_and(|current| current.build.as_ref() == Some(&self.wanted.digest));
        let (since, invalidation, invalidate) = match current.map(|current| (&current.state, current.since)) {
            Some((SiteState::Flipping { invalidate }, since))
                if same_build && invalidation::covers(invalidate, &paths) =>
            {
                (Some(since), None, invalidate.clone())
            }
            Some((SiteState::Invalidating { id, invalidate }, since)) if same_build && paths.is_empty() => {
                (Some(since), Some(id.clone()), invalidate.clone())
            }
            Some((SiteState::Flipping { invalidate } | SiteState::Invalidating { id: _, invalidate }, _)) => {
                (None, None, invalidation::limited(paths.into_iter().chain(invalidate.iter().cloned()).collect()))
            }
            Some((SiteState::Live, _)) | None => (None, None, invalidation::limited(paths)),
        };
        let has_older_manifest = live.builds.contains_key(&self.wanted.digest) && !has_manifest;
        let new_manifest = (!has_manifest).then(|| self.wanted.clone());
        let (manifest, changed_manifest) = if has_older_manifest { (None, new_manifest) } else { (new_manifest, None) };
        SiteWork {
            bucket: place.bucket.clone(),
            distribution_id: place.distribution_id.clone(),
            current_entity_tag: live.current_entity_tag.clone(),
            uploads: std::mem::take(&mut self.uploads),
            manifest,
            build: self.wanted.digest.clone(),
            kept,
            since,
            invalidation,
            changed_manifest,
            copies: batches(std::mem::take(&mut self.copies), site),
            deletions: std::mem::take(&mut self.deletions),
            invalidate,
            removals: std::mem::take(&mut self.removals),
            entity_tags: std::mem::take(&mut self.entity_tags),
        }
    }

    /// From the build that is served to the wanted one.
    fn differences(&self) -> Vec<Difference> {
        let Subject { live, build, .. } = self.subject;
        let served = known::served(live);
        let nothing = BTreeMap::new();
        let before = served.and_then(|served| live.builds.get(served)).map_or(&nothing, |build| &build.files);
        let (mut added, mut changed, mut headers) = (Group::default(), Group::default(), Group::default());
        let (mut kept, mut removed) = (Group::default(), Group::default());
        for (path, file) in &self.wanted.files {
            match before.get(path) {
                None => added.add(path, file.size),
                Some(earlier) if earlier.sha256 != file.sha256 => changed.add(path, file.size),
                Some(earlier) if earlier.headers != file.headers => headers.add(path, file.size),
                Some(_) => {}
            }
        }
        for (path, file) in before.iter().filter(|(path, _)| !self.wanted.files.contains_key(*path)) {
            let group = if self.expected.contains_key(path) { &mut kept } else { &mut removed };
            group.add(path, file.size);
        }
        let groups = [
            added.difference("files added", None, Some(FILES)),
            changed.difference("files changed", Some("other content"), Some(FILES)),
            headers.difference("headers changed", Some("other headers"), Some(FILES)),
            kept.difference("files no longer named", Some(FILES), Some("kept for open pages")),
            removed.difference("files removed", Some(FILES), None),
        ];
        let named = (served != Some(&self.wanted.digest)).then(|| Difference {
            path: "build".to_owned(),
            live: served.map(|served| served.short().to_owned()),
            declared: Some(if build.digest == self.wanted.digest {
                format!("{} {}", build.version, build.digest.short())
            } else {
                // Git says no longer which version it had.
                self.wanted.digest.short().to_owned()
            }),
            class: ChangeClass::InPlace,
        });
        named.into_iter().chain(groups.into_iter().flatten()).collect()
    }

    /// What somebody else has changed since ops left it.
    fn drift(&self) -> Vec<Difference> {
        let live = self.subject.live;
        let (mut altered, mut deleted, mut headers, mut foreign) =
            (Group::default(), Group::default(), Group::default(), Group::default());
        if live.current.as_ref().is_some_and(|current| current.state == SiteState::Live) {
            for (key, expected) in &self.expected {
                let Some((sha256, left)) = self.known.published(key) else { continue };
                match self.known.content(key) {
                    Content::Missing => deleted.add(key, expected.size),
                    Content::Is { sha256: now, headers: given } if now == sha256 => {
                        if expected.headers.is_some() && given != left {
                            headers.add(key, expected.size);
                        }
                    }
                    Content::Is { .. } | Content::Unknown => altered.add(key, expected.size),
                }
            }
        }
        for key in &self.foreign {
            foreign.add(key, live.objects.get(*key).map_or(0, |object| object.size));
        }
        let groups = [
            altered.difference("files altered by somebody else", Some(FILES), Some("as built")),
            deleted.difference("files deleted by somebody else", None, Some(FILES)),
            headers.difference("headers altered by somebody else", Some(FILES), Some("as declared")),
            foreign.difference("files put there by somebody else", Some(FILES), None),
        ];
        groups.into_iter().flatten().collect()
    }
}

/// What no browser is meant to get.
fn staged_headers() -> ObjectHeaders {
    ObjectHeaders {
        content_type: "application/octet-stream".to_owned(),
        cache_control: "no-store".to_owned(),
        ..ObjectHeaders::default()
    }
}

/// What pages load goes first, then the pages, and the entry page the very last.
fn batches(copies: Vec<SiteCopy>, site: &Site) -> Vec<Vec<SiteCopy>> {
    // Browsers get one of a page and its variants.
    let path = |copy: &SiteCopy| unpacked(&copy.to).map_or(copy.to.as_str(), |(path, _)| path).to_owned();
    let (pages, others): (Vec<_>, Vec<_>) = copies.into_iter().partition(|copy| {
        let path = path(copy);
        hashed_name::is_page(&path) || path == site.entry || site.error_page.as_ref() == Some(&path)
    });
    let (entry, pages): (Vec<_>, Vec<_>) = pages.into_iter().partition(|copy| path(copy) == site.entry);
    [others, pages, entry].into_iter().filter(|batch| !batch.is_empty()).collect()
}
