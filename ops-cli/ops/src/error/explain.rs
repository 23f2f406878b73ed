use ops_engine::explain::ExplainError;

use super::{CommandError, ErrorKind, cloud_help};

impl From<ExplainError> for CommandError {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::Observe(error) => error.into(),
            ExplainError::History(error) => error.into(),
            ExplainError::Health { ref source, .. } => {
                let help = cloud_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
            ExplainError::NoSuchName { ref environment, .. } => {
                let help = format!("`ops status {environment}` lists what there is");
                Self::new(ErrorKind::Refused, error).help(help)
            }
        }
    }
}
