//! The signals that end a process in good order.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

#[derive(Debug, thiserror::Error)]
#[error("can't subscribe to the signal {name}")]
pub(crate) struct SignalError {
    name: &'static str,
    #[source]
    source: io::Error,
}

/// The two signals that ask a process to leave: ECS, Kubernetes and container engines send the first, a terminal the second.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn subscribe() -> Result<Self, SignalError> {
        let subscribe = |kind, name| signal(kind).map_err(|source| SignalError { name, source });
        Ok(Self {
            terminate: subscribe(SignalKind::terminate(), "SIGTERM")?,
            interrupt: subscribe(SignalKind::interrupt(), "SIGINT")?,
        })
    }

    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
