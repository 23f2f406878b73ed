use clap::ValueEnum;

/// What a trial is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Class {
    Services,
    Tasks,
    Firewall,
    Sites,
    Scenarios,
    /// Every kind in one environment
    All,
}

impl Class {
    /// As it is said on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Services => "services",
            Self::Tasks => "tasks",
            Self::Firewall => "firewall",
            Self::Sites => "sites",
            Self::Scenarios => "scenarios",
            Self::All => "all",
        }
    }

    /// Whether its environments have this part.
    pub(crate) fn has(self, part: Self) -> bool {
        self == part || self == Self::All || (self == Self::Scenarios && part == Self::Services)
    }
}
