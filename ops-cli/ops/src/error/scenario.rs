//! Scenarios, and parts of a plan.

use ops_engine::scenarios::hurl::HurlError;
use ops_engine::verification::VerifyError;
use ops_plan::SelectorError;

use super::{CommandError, ErrorKind};

impl From<HurlError> for CommandError {
    fn from(error: HurlError) -> Self {
        let help = match error {
            HurlError::NotFound => {
                "install it (https://hurl.dev/docs/installation.html), for example with \
                                    `cargo install hurl --locked`; nothing was changed"
            }
            HurlError::TooOld { .. } => {
                "install a newer one (https://hurl.dev/docs/installation.html); nothing was changed"
            }
            HurlError::Folder(_) => "is the folder for temporary files (TMPDIR) full, or not yours?",
            HurlError::Start(_) | HurlError::Refused { .. } | HurlError::Report(_) => "does `hurl --version` answer?",
        };
        Self::new(ErrorKind::Hurl, error).help(help)
    }
}

impl From<VerifyError> for CommandError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Observe(error) => error.into(),
            VerifyError::NoSuchScenario { .. } | VerifyError::NoScenarios { .. } => {
                Self::new(ErrorKind::Refused, error).help("they stand under `scenarios:` in environment.yaml")
            }
        }
    }
}

impl From<SelectorError> for CommandError {
    fn from(error: SelectorError) -> Self {
        let help = match &error {
            SelectorError::NoSuchThing { environment, .. } => {
                format!("`ops plan {environment}` lists what there is; nothing was changed")
            }
            SelectorError::Scenario => "`ops verify` runs scenarios alone".to_owned(),
            SelectorError::UnknownKind { .. } | SelectorError::NoName { .. } => {
                "write `--only KIND` or `--only KIND/NAME`".to_owned()
            }
        };
        Self::new(ErrorKind::Refused, error).help(help)
    }
}
