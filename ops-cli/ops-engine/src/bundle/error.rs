use std::io;
use std::path::PathBuf;

use ops_model::bundle::BundleFault;

use crate::cloud::CloudError;

#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("this is no bundle of a site")]
    NotABundle(#[from] BundleFault),
    #[error("{} is neither a folder nor a .tar.zst or .zip archive", path.display())]
    UnknownForm { path: PathBuf },
    #[error("cannot read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} cannot be read as a {form} archive", path.display())]
    Archive {
        path: PathBuf,
        form: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("cannot write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the bundle has {path}, but {place} does not exist")]
    LacksFile { path: String, place: String },
    #[error("{place} does not exist")]
    Missing { place: String },
    #[error("{place} holds other files than its digest says: {what}")]
    OtherContent { place: String, what: String },
    #[error("the list of files {place} cannot be understood")]
    MalformedList {
        place: String,
        #[source]
        source: serde_json::Error,
    },
    #[error(transparent)]
    Cloud(#[from] CloudError),
    #[error("the work on the bundle was cut off")]
    CutOff,
}
