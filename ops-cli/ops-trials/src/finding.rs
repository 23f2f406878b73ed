use std::fmt;

use crate::class::Class;

/// What has to hold, whatever is pushed, edited by hand and goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    Converges,
    KeepsServing,
    LeavesOthersAlone,
    WritesAlone,
    SucceedsTruly,
    JudgesTruly,
    KeepsSecrets,
    LetsThrough,
    ServesWholeBuilds,
    Verifies,
    Ends,
}

/// As a sentence.
impl fmt::Display for Property {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Converges => {
                "when nobody meddles any more, git and AWS agree soon, and the plan is empty, always the same"
            }
            Self::KeepsServing => "ops never takes healthy tasks of a service below its declared minimum",
            Self::LeavesOthersAlone => "what ops does not own is not touched",
            Self::WritesAlone => "one reconcile at a time changes an environment",
            Self::SucceedsTruly => "a success is so in AWS",
            Self::JudgesTruly => "every verdict is what became of the rollout or the task",
            Self::KeepsSecrets => "no value of a secret is in any output",
            Self::LetsThrough => "security groups let through what is declared, also while rules change",
            Self::ServesWholeBuilds => {
                "a site serves one whole build at every moment, and pages that are open find their files"
            }
            Self::Verifies => "a failed scenario is no success, and what it takes back serves as before",
            Self::Ends => "every reconcile ends, and none in a panic",
        })
    }
}

/// A property that did not hold, and how that showed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {how}")]
pub struct Broken {
    pub property: Property,
    pub how: String,
}

impl Property {
    /// Holds if it does.
    pub(crate) fn holds_if(self, holds: bool, how: impl FnOnce() -> String) -> Result<(), Broken> {
        if holds { Ok(()) } else { Err(self.broken(how())) }
    }

    pub(crate) fn broken(self, how: impl Into<String>) -> Broken {
        Broken { property: self, how: how.into() }
    }
}

/// A trial in which a property did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub class: Class,
    pub seed: u64,
    pub broken: Broken,
}

impl Finding {
    /// What shows it again.
    #[must_use]
    pub fn command(&self) -> String {
        format!("cargo xtask sim --class {} --seed {}", self.class.name(), self.seed)
    }
}
