//! Plans in files.

use super::{CommandError, ErrorKind};
use crate::command::SavedPlanError;

impl From<SavedPlanError> for CommandError {
    fn from(error: SavedPlanError) -> Self {
        match error {
            SavedPlanError::Write { .. } => Self::new(ErrorKind::Output, error),
            SavedPlanError::GitMoved { ref then, .. } => {
                let help = format!(
                    "nothing was changed; plan again and look at the new plan, or add `--commit {then}` if that commit is \
                     what is to be deployed"
                );
                Self::new(ErrorKind::Refused, error).help(help)
            }
            SavedPlanError::Read { .. }
            | SavedPlanError::NotAPlan { .. }
            | SavedPlanError::OtherVersion { .. }
            | SavedPlanError::OtherEnvironment { .. }
            | SavedPlanError::Part { .. } => Self::new(ErrorKind::Refused, error).help("nothing was changed"),
        }
    }
}
