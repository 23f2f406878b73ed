//! Tries inputs in a process of their own, which is started anew after each one that it does not survive.

use std::fmt;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::attempt::{Answer, send};

/// What an input did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed(String),
    Panicked(String),
    /// It was still parsed after this time.
    TimedOut(Duration),
    /// The process ended: an overflowed stack, or no more memory.
    Died(ExitStatus),
}

impl Verdict {
    /// Whether two inputs fell into the same trap.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            // The first line holds the place, the others what the input was.
            (Self::Panicked(one), Self::Panicked(another)) => one.lines().next() == another.lines().next(),
            (Self::TimedOut(_), Self::TimedOut(_)) => true,
            (Self::Died(one), Self::Died(another)) => one == another,
            _ => false,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(way) => write!(formatter, "passed: {way}"),
            Self::Panicked(message) => write!(formatter, "a panic: {message}"),
            Self::TimedOut(limit) => write!(formatter, "not parsed within {} s", limit.as_secs_f64()),
            Self::Died(status) => write!(formatter, "the process died ({status}): out of stack or of memory"),
        }
    }
}

/// The process, and the inputs' time limit.
pub(crate) struct Trial {
    command: Command,
    limit: Duration,
    running: Option<Running>,
}

struct Running {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<Answer>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Trial {
    pub(crate) fn new(mut command: Command, limit: Duration) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self { command, limit, running: None }
    }

    /// # Errors
    /// When the process cannot be started.
    pub(crate) fn of(&mut self, input: &[u8]) -> io::Result<Verdict> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => start(&mut self.command)?,
        };
        if send(&mut running.stdin, input).is_err() {
            return Ok(Verdict::Died(running.child.wait()?));
        }
        let verdict = match running.answers.recv_timeout(self.limit) {
            Ok(Answer::Passed(way)) => Verdict::Passed(way),
            Ok(Answer::Panicked(message)) => Verdict::Panicked(message),
            Err(RecvTimeoutError::Timeout) => return Ok(Verdict::TimedOut(self.limit)),
            Err(RecvTimeoutError::Disconnected) => return Ok(Verdict::Died(running.child.wait()?)),
        };
        self.running = Some(running);
        Ok(verdict)
    }
}

fn start(command: &mut Command) -> io::Result<Running> {
    let mut child = command.spawn()?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("the process has no pipes"));
    };
    let (sender, answers) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let Some(answer) = line.ok().and_then(|line| serde_json::from_str(&line).ok()) else { return };
            if sender.send(answer).is_err() {
                return;
            }
        }
    });
    Ok(Running { child, stdin, answers })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict_of(script: &str) -> Verdict {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        Trial::new(shell, Duration::from_millis(200)).of(b"input").expect("there is a shell")
    }

    #[test]
    fn a_process_that_says_nothing_has_timed_out() {
        assert!(matches!(verdict_of("exec sleep 100"), Verdict::TimedOut(_)));
    }

    #[test]
    fn a_process_that_ends_has_died() {
        assert!(matches!(verdict_of("kill -ABRT $$"), Verdict::Died(_)));
    }

    #[test]
    fn an_answer_is_a_verdict() {
        assert_eq!(verdict_of(r#"echo '{"Passed":"a"}'; exec sleep 100"#), Verdict::Passed("a".to_owned()));
        assert_eq!(verdict_of(r#"echo '{"Panicked":"b"}'; exec sleep 100"#), Verdict::Panicked("b".to_owned()));
    }
}
