//! The live account of an environment, by the standard AWS chain.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use etcetera::{BaseStrategy as _, choose_base_strategy};
use ops_aws::{Account, DocumentCache, Options};
use ops_engine::cloud::Cloud;
use ops_model::declaration::Environment;

use crate::error::CommandError;
use crate::output::Printer;

/// Names the folder of what is kept between runs, in place of the person's cache folder.
const CACHE_DIRECTORY: &str = "OPS_CACHE_DIRECTORY";

/// Connects to the declared region; nothing is sent yet.
pub(crate) async fn connect(environment: &Environment, printer: &Printer) -> Result<Cloud, CommandError> {
    connect_to(&environment.environment, &environment.region, printer).await
}

/// Connects to a region on behalf of an environment that may not be declared yet.
pub(crate) async fn connect_to(environment: &str, region: &str, printer: &Printer) -> Result<Cloud, CommandError> {
    let document_cache = document_cache(env::var_os(CACHE_DIRECTORY));
    let account = Account::connect(Options { region: region.to_owned(), profile: None, document_cache }).await?;
    let endpoint = account.endpoint().unwrap_or("AWS");
    printer.detail(&format!("{environment}: {endpoint} in {region}"));
    Ok(account.cloud())
}

/// Where that is kept between runs which holds for any account.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let named = env::var_os(CACHE_DIRECTORY).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    named.or_else(|| choose_base_strategy().ok().map(|folders| folders.cache_dir().join("slipway")))
}

/// A folder that somebody names is used with a replaced endpoint too: whoever names it knows which account it is of.
fn document_cache(folder: Option<OsString>) -> DocumentCache {
    folder
        .filter(|folder| !folder.is_empty())
        .map_or(DocumentCache::OfPerson, |folder| DocumentCache::Folder(folder.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_named_folder_takes_the_place_of_the_persons_own() {
        assert_eq!(document_cache(None), DocumentCache::OfPerson);
        assert_eq!(document_cache(Some(OsString::new())), DocumentCache::OfPerson);
        assert_eq!(document_cache(Some("cache".into())), DocumentCache::Folder("cache".into()));
    }
}
