//! How fast `ops` is and how much memory it takes, beside other programs at the same work.

mod aim;
mod measurement;
mod plan;
mod repository;
mod site;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use crate::local_folder;

pub use self::plan::{PlanOptions, Report as PlanReport, plan};
pub use self::site::{Report as SiteReport, SiteOptions, site};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self> {
        let folder = Self(local_folder::path().join(format!("bench/{}", std::process::id())));
        fs::create_dir_all(&folder.0)?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left over, it would only lie in an ignored folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
