//! Files of sites, changed in the console.

use ops_engine::cloud::CloudError;
use ops_model::site::{CURRENT_KEY, ObjectHeaders};
use ops_sim::SimulatedAccount;
use proptest::prelude::Strategy;
use proptest::sample::select;

use super::Edit;
use crate::drawn::SITES;
use crate::platform::CLUSTER;

/// What somebody does to the bucket of a site.
#[derive(Debug, Clone, Copy)]
pub enum OfSite {
    Overwrite(&'static str),
    Delete(&'static str),
    Upload(&'static str),
    Headers(&'static str),
    /// Everybody may read past the distribution.
    OpenBucket,
}

pub(super) fn edit() -> impl Strategy<Value = Edit> {
    let edits = vec![
        OfSite::Overwrite("index.html"),
        OfSite::Overwrite("about.html"),
        OfSite::Overwrite("assets/vendor-0a1b2c3d.js"),
        OfSite::Delete("index.html"),
        OfSite::Delete("robots.txt"),
        OfSite::Delete("assets/vendor-0a1b2c3d.js"),
        OfSite::Delete("assets/app-0000001a.js"),
        OfSite::Upload("foreign.html"),
        OfSite::Headers("data.json"),
        OfSite::Headers("index.html"),
        OfSite::OpenBucket,
    ];
    (select(SITES.to_vec()), select(edits)).prop_map(|(site, edit)| Edit::Site(site, edit))
}

pub(super) fn perform(account: &SimulatedAccount, site: &str, edit: &OfSite) -> Result<(), CloudError> {
    let (by_hand, bucket) = (account.by_hand(CLUSTER), format!("site-{site}"));
    let headers = ObjectHeaders::default();
    match edit {
        // What is in a bucket before ops has claimed it is for a person to judge, and ops waits for that.
        _ if !account.true_objects(&bucket).contains_key(CURRENT_KEY) => Ok(()),
        OfSite::Overwrite(key) => by_hand.upload(&bucket, key, b"by hand", headers),
        OfSite::Delete(key) => by_hand.delete_object(&bucket, key),
        OfSite::Upload(key) => by_hand.upload(&bucket, key, b"foreign", headers),
        OfSite::Headers(key) => {
            by_hand.change_headers(&bucket, key, |headers| headers.cache_control = "max-age=9".to_owned())
        }
        OfSite::OpenBucket => by_hand.open_bucket(&bucket),
    }
}
