//! Version 1 of the JSON output: types of its own, so that a change inside does not break anybody's script.

mod builds_commit;
mod chain;
mod check;
mod dora;
mod error;
mod explanation;
mod findings;
mod firewall;
mod hold;
mod import;
mod lease;
mod log;
mod plan;
mod promotion;
mod record;
mod status;
mod verification;

pub(crate) use builds_commit::builds_commit;
pub(crate) use chain::chain;
pub(crate) use check::check;
pub(crate) use dora::dora;
pub(crate) use error::error;
pub(crate) use explanation::explanation;
pub(crate) use findings::findings;
pub(crate) use firewall::{firewall_answer, firewall_map};
pub(crate) use hold::holds;
pub(crate) use import::import;
pub(crate) use lease::lease;
pub(crate) use log::log_line;
pub(crate) use plan::plan;
pub(crate) use promotion::promotion;
pub(crate) use record::{history, record};
pub(crate) use status::status;
pub(crate) use verification::verification;

use ops_model::declaration::{Build, BuildContent};
use ops_model::plan::{ServiceStanding, SiteStanding};

/// Goes up when a field is removed or changes its meaning; new fields leave it as it is.
const SCHEMA_VERSION: u32 = 1;

/// How a service stands, as a word that does not change.
fn standing(standing: &ServiceStanding) -> &'static str {
    match standing {
        ServiceStanding::InSync => "in_sync",
        ServiceStanding::Changes => "changes",
        ServiceStanding::WaitsForBuild { .. } => "waits_for_build",
        ServiceStanding::WaitsForTerraform => "waits_for_terraform",
        ServiceStanding::NotOwned => "not_owned",
    }
}

/// The same of a site.
fn site_standing(standing: &SiteStanding) -> &'static str {
    match standing {
        SiteStanding::InSync => "in_sync",
        SiteStanding::Changes => "changes",
        SiteStanding::NotDeployed => "not_deployed",
        SiteStanding::WaitsForBuild { .. } => "waits_for_build",
        SiteStanding::WaitsForTerraform => "waits_for_terraform",
        SiteStanding::Held => "held",
        SiteStanding::Distribution { .. } => "distribution",
    }
}

/// Repository of an image, or place of a bundle.
fn places(build: &Build) -> (Option<&str>, Option<&str>) {
    match &build.content {
        BuildContent::Image(image) => (Some(image), None),
        BuildContent::Bundle(bundle) => (None, Some(bundle)),
    }
}
