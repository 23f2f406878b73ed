//! A program run to its end: how long it took and how much memory it had at most.

use std::fs;
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at a running program.
const LOOK: Duration = Duration::from_millis(1);

#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    pub(super) status: ExitStatus,
    pub(super) wall: Duration,
    /// Its largest resident set, in bytes, as the kernel counts it (`VmHWM`); that of programs it starts is not in it.
    pub(super) peak_memory: u64,
}

/// Runs without input and output; what it says of errors goes where `errors` says.
pub(super) fn measure(command: &mut Command, errors: Stdio) -> io::Result<Measured> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
    let began = Instant::now();
    let mut child = command.spawn()?;
    let mut peak_memory = 0;
    loop {
        // The kernel forgets it when the program ends; until then it only grows.
        peak_memory = high_water_mark(&child).unwrap_or(peak_memory);
        if let Some(status) = child.try_wait()? {
            return Ok(Measured { status, wall: began.elapsed(), peak_memory });
        }
        thread::sleep(LOOK);
    }
}

fn high_water_mark(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_memory_and_status_are_those_of_the_program() {
        let script = "text=$(head -c 20000000 /dev/zero | tr '\\0' x); sleep 0.2; exit 3";
        let measured = measure(Command::new("sh").args(["-c", script]), Stdio::null()).expect("it runs");
        assert_eq!(measured.status.code(), Some(3));
        assert!(measured.wall >= Duration::from_millis(200), "{measured:?}");
        assert!(measured.peak_memory > 20_000_000, "{measured:?}");
    }
}
