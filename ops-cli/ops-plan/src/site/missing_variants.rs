//! Builds that were made before their variants were promised. A distribution asks for variants from `terraform apply` on,
//! whatever the bucket holds.

use std::collections::BTreeMap;

use ops_model::bundle::BundleFault;
use ops_model::declaration::Site;
use ops_model::precompressed::variants;
use ops_model::site::{OWN_FOLDER, ObservedSite, SiteBuild};

use super::expected::Expected;
use super::{EXAMPLES, known};

/// What browsers ask for in vain, now and after the change that leaves these objects.
pub(super) fn warnings(live: &ObservedSite, expected: &BTreeMap<String, Expected<'_>>, site: &Site) -> Vec<String> {
    let mut warnings = Vec::new();
    let served = known::served(live).and_then(|served| live.builds.get(served)).map(SiteBuild::bundle);
    if served.is_some_and(|served| matches!(served.check_for(site), Err(BundleFault::NoVariants { .. }))) {
        warnings.push(
            "the build that is served lacks variants: from `terraform apply` until this one is published browsers get 404; \
             publish it first and declare `precompressed` after that"
                .to_owned(),
        );
    }
    let paths = expected.keys().filter(|key| !key.starts_with(OWN_FOLDER));
    let missing = paths.flat_map(|path| variants(path, &site.precompressed));
    let missing: Vec<_> = missing.filter(|variant| !expected.contains_key(variant)).collect();
    if !missing.is_empty() {
        let more = if missing.len() > EXAMPLES { ", …" } else { "" };
        let examples = missing.into_iter().take(EXAMPLES).collect::<Vec<_>>().join(", ");
        warnings.push(format!(
            "pages of earlier builds that may still be open ask for variants that those builds lack: {examples}{more}"
        ));
    }
    warnings
}
