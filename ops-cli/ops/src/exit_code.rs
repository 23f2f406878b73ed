use std::process;

use ops_model::outcome::Outcome;

/// What the exit code of `ops` says. One code for each thing that a script does differently about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    Done,
    Error,
    Changes,
    Held,
    RolledBack,
    Failed,
    Superseded,
    TimedOut,
    LeaseHeld,
    Stopped,
    Paused,
    NotVerified,
    No,
    BrokenChain,
    Usage,
    Interrupted,
}

impl ExitCode {
    pub(crate) const ALL: [Self; 16] = [
        Self::Done,
        Self::Error,
        Self::Changes,
        Self::Held,
        Self::RolledBack,
        Self::Failed,
        Self::Superseded,
        Self::TimedOut,
        Self::LeaseHeld,
        Self::Stopped,
        Self::Paused,
        Self::NotVerified,
        Self::No,
        Self::BrokenChain,
        Self::Usage,
        Self::Interrupted,
    ];

    /// The number that the process ends with. Numbers never change their meaning.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Changes => 2,
            Self::Held => 3,
            Self::RolledBack => 4,
            Self::Failed => 5,
            Self::Superseded => 6,
            Self::TimedOut => 7,
            Self::LeaseHeld => 8,
            Self::Stopped => 9,
            Self::Paused => 10,
            Self::NotVerified => 11,
            Self::No => 12,
            Self::BrokenChain => 13,
            // From sysexits.h; the usual 2 is taken.
            Self::Usage => 64,
            // What shells report for a process that Ctrl-C ended: 128 + SIGINT.
            Self::Interrupted => 130,
        }
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or nothing to do",
            Self::Error => "error: nothing was done, or not everything; the message says what",
            Self::Changes => "`plan --exit-code`, `import`: live state and declaration differ",
            Self::Held => "a gate holds the plan; nothing was changed, but for dangerous holes that are closed at once",
            Self::RolledBack => {
                "a deployment was rolled back, by ECS or after a failed scenario; what served before serves again"
            }
            Self::Failed => "a deployment or a task failed and nothing took its place",
            Self::Superseded => "another deployment took the place of ours: somebody else's, or ECS went back",
            Self::TimedOut => "ops stopped waiting; a deployment is still running",
            Self::LeaseHeld => "somebody else is reconciling the environment",
            Self::Stopped => "a person stopped the deployment",
            Self::Paused => "a deployment waits for `ops continue`",
            Self::NotVerified => "a scenario failed or could not be run; what was deployed serves",
            Self::No => "`firewall --can`: no",
            Self::BrokenChain => "`history --verify`: the records are not those that were written",
            Self::Usage => "the command line is wrong; nothing was done",
            Self::Interrupted => "interrupted by Ctrl-C or SIGTERM; ECS goes on by itself",
        }
    }

    /// The code of a reconcile that ended so.
    pub(crate) const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::InSync | Outcome::Succeeded => Self::Done,
            Outcome::Held => Self::Held,
            Outcome::Interrupted => Self::Interrupted,
            Outcome::TimedOut => Self::TimedOut,
            Outcome::Superseded => Self::Superseded,
            Outcome::Stopped => Self::Stopped,
            Outcome::Paused => Self::Paused,
            Outcome::NotVerified => Self::NotVerified,
            Outcome::RolledBack => Self::RolledBack,
            // What was not started always comes with what kept it from starting, which is worse.
            Outcome::NotStarted | Outcome::Failed => Self::Failed,
        }
    }

    /// All codes and their meanings, for the help.
    pub(crate) fn table() -> String {
        let lines = Self::ALL.iter().map(|code| format!("  {:>3}  {}", code.number(), code.meaning()));
        format!("Exit codes:\n{}", lines.collect::<Vec<_>>().join("\n"))
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::ExitCode;

    #[test]
    fn document_says_the_same() {
        let document = include_str!("../../../docs/exit-codes.md");
        let rows: Vec<&str> = document.lines().skip_while(|line| *line != "|---|---|").skip(1).collect();
        let expected: Vec<String> =
            ExitCode::ALL.iter().map(|code| format!("| {} | {} |", code.number(), code.meaning())).collect();
        assert_eq!(rows, expected, "docs/exit-codes.md and exit_code.rs differ");
    }
}
