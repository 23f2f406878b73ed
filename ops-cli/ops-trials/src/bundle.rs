//! Builds of sites, as bundlers make them.

use std::collections::BTreeMap;
use std::fs;

use ops_engine::bundle::{BundleError, Source, Stored};
use ops_model::declaration::Site;
use ops_sim::SimulatedAccount;

use crate::platform::BUCKET;

/// Files of a build by path.
pub type Files = BTreeMap<String, String>;

/// A front-end as bundlers make it: the entry page names its script and style by the hashes of their content.
#[must_use]
pub fn build(version: u32) -> Files {
    let script = format!("assets/app-{version:07}a.js");
    let style = format!("assets/app-{version:07}b.css");
    let file = |path: &str, text: String| (path.to_owned(), text);
    BTreeMap::from([
        file("index.html", format!("v{version} loads {script} {style} data.json")),
        file("about.html", format!("v{version} loads {script}")),
        file("data.json", format!("{{\"version\": {version}}}")),
        file("robots.txt", "the same in all builds".to_owned()),
        file(&script, format!("script {version}")),
        file(&style, format!("style {version}")),
        file("assets/vendor-0a1b2c3d.js", "the same in all builds".to_owned()),
    ])
}

/// Puts a build into the ops bucket, unless it is there.
///
/// # Errors
///
/// What S3 says, or this machine's own disk.
pub async fn store(account: &SimulatedAccount, site: &Site, files: &Files) -> Result<Stored, StoreError> {
    let folder = tempfile::tempdir()?;
    for (path, text) in files {
        let file = folder.path().join(path);
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, text)?;
    }
    let source = Source::Disk(folder.path().to_owned());
    Ok(ops_engine::bundle::store(&account.cloud(), BUCKET, &source, None, &[site], |_, _| ()).await?)
}

/// Why a build is not in the ops bucket.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("cannot write the files of a site")]
    Write(#[from] std::io::Error),
    #[error("cannot store the files of a site")]
    Store(#[from] BundleError),
}
