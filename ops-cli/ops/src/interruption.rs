//! Ctrl-C and SIGTERM: the first one lets go safely, the second one at once.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error::{CommandError, ErrorKind};

pub(crate) struct Interruption {
    token: CancellationToken,
    count: watch::Receiver<u32>,
}

/// The work was dropped where it stood.
#[derive(Debug, thiserror::Error)]
#[error("interrupted twice: ended without waiting for anything")]
struct InterruptedTwice;

impl Interruption {
    pub(crate) fn listen() -> Self {
        let token = CancellationToken::new();
        let (sender, count) = watch::channel(0);
        let cancel = token.clone();
        // Where signals cannot be listened to, the operating system ends us, and the lease expires.
        if let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            tokio::spawn(async move {
                next(&mut interrupt, &mut terminate).await;
                cancel.cancel();
                sender.send_replace(1);
                next(&mut interrupt, &mut terminate).await;
                sender.send_replace(2);
            });
        }
        Self { token, count }
    }

    pub(crate) fn token(&self) -> CancellationToken {
        self.token.clone()
    }

    /// Returns when so many signals have come.
    pub(crate) async fn signals(&self, wanted: u32) {
        let mut count = self.count.clone();
        if count.wait_for(|count| *count >= wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub(crate) fn error(&self) -> CommandError {
        CommandError::new(ErrorKind::Interrupted, InterruptedTwice)
            .help("run `ops reconcile` again: it finds the rollout and follows it")
    }
}

async fn next(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
