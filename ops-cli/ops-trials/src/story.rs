use std::fmt::Write as _;
use std::time::Duration;

/// What happened in a trial, a line each, with the virtual time.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Story {
    lines: String,
}

impl Story {
    pub(crate) fn tell(&mut self, at: Duration, what: &str) {
        let seconds = at.as_secs();
        for line in what.lines() {
            // Writing to a string does not fail.
            let _ = writeln!(
                self.lines,
                "{:02}:{:02}:{:02}.{:03}  {line}",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60,
                at.subsec_millis()
            );
        }
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.lines
    }
}
