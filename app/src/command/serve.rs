//! `app serve`: answer HTTP, and leave in good order.
//!
//! Leaving has three phases, because a load balancer learns late that a target goes: `/readyz` turns 503 at once while
//! requests are still accepted (drain), then no new connection is accepted and what is in flight finishes (finish), and
//! what has not finished by then is cut. A second signal ends the process at once.

use std::future::IntoFuture as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use clap::Args;
use ops_engine::clock::SystemClock;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use super::leave::{SignalError, Signals};
use super::{open_control_plane, open_queue};
use crate::api::{self, AppState};
use crate::configuration::Configuration;
use crate::identity::PasswordError;
use crate::outbox;
use crate::readiness::Readiness;

/// Jobs that this process writes are sent at once; those that it could not send, and those of others, after so long.
const SWEEP: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// With a throwaway database and queue on this machine, a worker, and somebody to log in as; all of it ends with this
    /// command
    #[cfg(feature = "local")]
    #[arg(long)]
    pub(crate) local: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("can't start the async runtime")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Signal(#[from] SignalError),
    #[error("can't listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("can't hash passwords")]
    Password(#[source] PasswordError),
    #[error("can't accept connections")]
    Accept(#[source] io::Error),
    #[error("the server's task died")]
    Died(#[source] tokio::task::JoinError),
    #[error("the server ended though nobody asked it to")]
    Ended,
    #[error("requests were cut: they had not finished {} s after the listener closed", cap.as_secs())]
    Cut { cap: Duration },
    #[error("a second signal ({name}) came before the requests in flight had finished")]
    Impatient { name: &'static str },
}

pub(crate) fn run(configuration: Configuration) -> Result<(), ServeError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)?
        .block_on(serve(configuration))
}

async fn serve(configuration: Configuration) -> Result<(), ServeError> {
    let mut signals = Signals::subscribe()?;
    let listener = TcpListener::bind(configuration.listen)
        .await
        .map_err(|source| ServeError::Listen { address: configuration.listen, source })?;
    // The port is the system's choice where the configuration says 0.
    let address = listener.local_addr().map_err(ServeError::Accept)?;
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "can't set TCP_NODELAY");
        }
    });

    let readiness = Readiness::default();
    let control_plane = open_control_plane(&configuration, SystemClock).await.map_err(ServeError::Password)?;
    let (leave, leaving) = watch::channel(false);
    if let (Some(control_plane), Some(queue)) = (control_plane.clone(), open_queue(&configuration).await) {
        tokio::spawn(outbox::run(control_plane, queue, SWEEP, leaving));
    }
    // Without a database nothing below /v1 is there.
    let with_control_plane = control_plane.is_some();
    let router = api::router(AppState::new(readiness.clone(), &configuration, control_plane));
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let (close, closed) = oneshot::channel::<()>();
    let mut server = tokio::spawn(
        axum::serve(listener, router)
            .with_graceful_shutdown(async move {
                // Sent or dropped: either way the listener closes.
                let _ = closed.await;
            })
            .into_future(),
    );
    let (version, commit) = (&configuration.version, &configuration.commit);
    tracing::info!(%address, version, commit, control_plane = with_control_plane, "listening");

    tokio::select! {
        ended = &mut server => return finished(ended).and(Err(ServeError::Ended)),
        name = signals.next() => {
            readiness.withdraw();
            tracing::info!(signal = name, drain_s = configuration.drain.as_secs(), "draining");
        }
    }
    tokio::select! {
        ended = &mut server => return finished(ended).and(Err(ServeError::Ended)),
        name = signals.next() => return Err(ServeError::Impatient { name }),
        () = tokio::time::sleep(configuration.drain) => {}
    }
    drop(close);
    tracing::info!(cap_s = configuration.finish.as_secs(), "listener closed, finishing what is in flight");
    tokio::select! {
        ended = &mut server => finished(ended)?,
        name = signals.next() => return Err(ServeError::Impatient { name }),
        () = tokio::time::sleep(configuration.finish) => return Err(ServeError::Cut { cap: configuration.finish }),
    }
    leave.send_replace(true);
    tracing::info!("stopped");
    Ok(())
}

fn finished(ended: Result<io::Result<()>, tokio::task::JoinError>) -> Result<(), ServeError> {
    ended.map_err(ServeError::Died)?.map_err(ServeError::Accept)
}
