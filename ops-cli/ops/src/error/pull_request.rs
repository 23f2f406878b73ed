use ops_engine::pull_request::PullRequestError;

use super::{CommandError, ErrorKind};

impl From<PullRequestError> for CommandError {
    fn from(error: PullRequestError) -> Self {
        let help = match error {
            PullRequestError::NoProgram { .. } => {
                "the branch is pushed: open the pull request by hand, or install gh (https://cli.github.com)"
            }
            PullRequestError::Refused { .. } => {
                "the branch is pushed: open the pull request by hand; `gh auth status` says who you are"
            }
        };
        Self::new(ErrorKind::Git, error).help(help)
    }
}
