use std::fmt;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who holds a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// ARN that AWS knows them by.
    pub actor: String,
    pub host: String,
    /// Process id on that host.
    pub process: u32,
    /// Names the kernel and the process namespace that `process` is a number in; `None` where that cannot be told.
    pub process_space: Option<String>,
    pub since: Timestamp,
}

impl Holder {
    /// This process.
    #[must_use]
    pub fn this_process(actor: String, since: Timestamp) -> Self {
        Self { actor, host: host(), process: std::process::id(), process_space: process_space(), since }
    }

    /// Whether the holder was killed: it ran where we run, and its process is no longer there. A holder
    /// elsewhere is never known to be dead; its lease has to expire.
    #[must_use]
    pub fn is_known_dead(&self) -> bool {
        self.process_space.is_some()
            && self.process_space == process_space()
            && !Path::new("/proc").join(self.process.to_string()).exists()
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.strftime("%Y-%m-%dT%H:%M:%SZ");
        write!(formatter, "{} (process {} on {}, since {since})", self.actor, self.process, self.host)
    }
}

/// Name of this machine.
#[must_use]
pub fn host() -> String {
    let name =
        std::fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| std::fs::read_to_string("/etc/hostname"));
    name.map_or_else(|_| "unknown host".to_owned(), |name| name.trim().to_owned())
}

/// Linux only: process ids mean something only within one boot of one kernel and one process namespace.
fn process_space() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), namespace.display()))
}
