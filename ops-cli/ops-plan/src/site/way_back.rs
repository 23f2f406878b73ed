//! The way back of a site: from a build that turned out bad to the one that was served before it.

use ops_model::plan::{Act, Change, SiteAct};
use ops_model::site::{ObservedSite, SiteBuild, SiteState};

use super::expected::{self, Expected};
use super::known::{Content, Known, served};
use super::{Comparison, Subject, compare_with};

/// Why a site stays at the build that it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoWayBack {
    #[error("nothing was served before that it could go back to")]
    NothingServed,
    #[error("its files were being put into place before this reconcile began")]
    BeingPlaced,
    #[error("somebody else had altered what was served before")]
    Altered,
    #[error("the build that was served before is not kept any more")]
    NotKept,
    #[error("somebody has changed its bucket or its distribution since")]
    ChangedSince,
}

/// The build that a site served when it was looked at, with the headers of its files.
///
/// A flip to another build than the declared one counts as that build: whoever was killed within it had all of it in the
/// bucket.
///
/// # Errors
/// There was none that people could be given again.
pub(crate) fn before<'a>(subject: &Subject<'a>) -> Result<&'a SiteBuild, NoWayBack> {
    let live = subject.live;
    let digest = served(live).ok_or(NoWayBack::NothingServed)?;
    let build = live.builds.get(digest).ok_or(NoWayBack::NotKept)?;
    let state = live.current.as_ref().map(|current| &current.state);
    match state {
        Some(SiteState::Live) => {}
        _ if *digest == subject.build.digest => return Err(NoWayBack::BeingPlaced),
        Some(SiteState::Flipping { .. }) => return Ok(build),
        _ => {}
    }
    if is_whole(live, build) { Ok(build) } else { Err(NoWayBack::Altered) }
}

/// Whether everything of a build is as ops left it.
fn is_whole(live: &ObservedSite, build: &SiteBuild) -> bool {
    let known = Known::of(live);
    expected::objects(build, &[]).iter().all(|(key, Expected { sha256: left, headers: given, .. })| {
        matches!(known.content(key), Content::Is { sha256, headers }
            if sha256 == *left && given.is_none_or(|given| given == headers))
    })
}

/// What brings an earlier build back without an upload. `None`: it is served.
///
/// # Errors
/// The bucket does not hold it whole, or it cannot be served.
pub(crate) fn way_back(subject: &Subject<'_>, build: &SiteBuild) -> Result<Option<Change>, NoWayBack> {
    match compare_with(subject, build) {
        Comparison::InSync => Ok(None),
        Comparison::Held(_) => Err(NoWayBack::ChangedSince),
        Comparison::Change(change) => match &change.act {
            Act::Site(SiteAct::Publish(work) | SiteAct::Repair(work)) if work.uploads.is_empty() => Ok(Some(*change)),
            _ => Err(NoWayBack::NotKept),
        },
    }
}
