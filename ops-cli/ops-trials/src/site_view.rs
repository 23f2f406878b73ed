//! A site as browsers see it.

use std::collections::BTreeMap;

use ops_engine::bundle::Stored;
use ops_model::site::{CURRENT_KEY, CurrentBuild, SiteState};
use ops_sim::SimulatedAccount;

use crate::bundle::{Files, build};
use crate::drawn::VERSIONS;
use crate::finding::{Broken, Property};

/// The build that a site serves whole; `None` when it is none of ours, or not whole.
pub(crate) fn served_whole(account: &SimulatedAccount, site: &str) -> Option<u32> {
    VERSIONS.into_iter().find(|version| serves(account, site, &build(*version)).is_ok())
}

/// Whether every file of a build is what a browser gets.
pub(crate) fn serves(account: &SimulatedAccount, site: &str, files: &Files) -> Result<(), String> {
    let wrong = files.iter().find(|(path, text)| get(account, site, path).as_ref() != Some(text));
    wrong.map_or(Ok(()), |(path, _)| Err(format!("{path} of {site} is {:?}", get(account, site, path))))
}

fn get(account: &SimulatedAccount, site: &str, path: &str) -> Option<String> {
    let served = account.browse(&format!("E{site}"), &format!("/{path}"));
    (served.status == 200).then(|| String::from_utf8(served.body).ok()).flatten()
}

/// One that served a whole build when a reconcile began.
pub(crate) struct SiteView {
    site: String,
    before: u32,
    /// Whether its files are to stay for pages that are open.
    keeps_before: bool,
    /// By version.
    may_be_seen: BTreeMap<u32, Stored>,
}

impl SiteView {
    /// `declared`: builds that it may be brought to, and how many builds it keeps.
    pub(crate) fn of(
        account: &SimulatedAccount,
        site: &str,
        bundles: &BTreeMap<u32, Stored>,
        declared: Option<u32>,
        keep_builds: u32,
    ) -> Option<Self> {
        let before = served_whole(account, site)?;
        let may_be_seen = declared.into_iter().chain([before]);
        let may_be_seen = may_be_seen.filter_map(|version| Some((version, bundles.get(&version)?.clone()))).collect();
        Some(Self { site: site.to_owned(), before, keeps_before: keep_builds > 1, may_be_seen })
    }

    pub(crate) fn look(&self, account: &SimulatedAccount) -> Result<(), Broken> {
        let wrong = |how: String| Property::ServesWholeBuilds.broken(format!("{}: {how}", self.site));
        let page = |path: &str| get(account, &self.site, path).ok_or_else(|| wrong(format!("{path} is gone")));
        let flip = self.flip(account);
        for path in ["", "about.html"] {
            let text = page(path)?;
            let name = if path.is_empty() { "index.html" } else { path };
            let found = self.may_be_seen.iter().find(|(version, _)| build(**version)[name] == text);
            let (version, stored) =
                found.ok_or_else(|| wrong(format!("{name} says {text:?}, of no build that it may be")))?;
            let files = build(*version);
            let (_, loads) = text.split_once(" loads ").unwrap_or_default();
            for loaded in loads.split(' ') {
                // What has no hash in its name may be of the other build while that takes the place of this one, there or
                // back, but the entry page comes last.
                let is_left = flip.as_ref().is_some_and(|flip| flip.build.as_ref() != Some(&stored.digest));
                let may_differ = is_left && !loaded.starts_with("assets/");
                let got = get(account, &self.site, loaded);
                if got.is_none() || (got.as_ref() != files.get(loaded) && !may_differ) {
                    return Err(wrong(format!("{name} says {text:?}, and {loaded} is {got:?}")));
                }
            }
        }
        if self.keeps_before {
            for (path, text) in build(self.before).iter().filter(|(path, _)| path.starts_with("assets/")) {
                let got = get(account, &self.site, path);
                if got.as_ref() != Some(text) {
                    return Err(wrong(format!("a page of build {} is open, and {path} is {got:?}", self.before)));
                }
            }
        }
        if flip.is_some() || served_whole(account, &self.site).is_some() {
            return Ok(());
        }
        let versions: Vec<_> = self.may_be_seen.keys().collect();
        Err(wrong(format!("neither of the builds {versions:?} is served whole")))
    }

    /// What takes the place of another build just now.
    fn flip(&self, account: &SimulatedAccount) -> Option<CurrentBuild> {
        let current = account.true_objects(&format!("site-{}", self.site)).remove(CURRENT_KEY);
        let current: Option<CurrentBuild> = current.and_then(|body| serde_json::from_slice(&body).ok());
        current.filter(|current| matches!(current.state, SiteState::Flipping { .. }))
    }
}
