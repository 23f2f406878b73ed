//! `app serve`: answer HTTP, and leave in good order.
//!
//! Leaving has three phases, because a load balancer learns late that a target goes: `/readyz` turns 503 at once while
//! requests are still accepted (drain), then no new connection is accepted and what is in flight finishes (finish), and
//! what has not finished by then is cut. A second signal ends the process at once.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clap::Args;
use metrics_exporter_prometheus::BuildError;
use ops_engine::clock::SystemClock;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::leave::{SignalError, Signals};
use super::{open_control_plane, open_queue};
use crate::api::{self, AppState};
use crate::configuration::Configuration;
use crate::control_plane::ControlPlane;
use crate::identity::PasswordError;
use crate::readiness::{Database, Need, Readiness};
use crate::{http_server, outbox, scrape};

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
    #[error("can't listen on {address}, which {variable} names")]
    Listen {
        variable: &'static str,
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("can't hash passwords")]
    Password(#[source] PasswordError),
    #[error("can't measure")]
    Metrics(#[source] BuildError),
    #[error("something else measures in this process")]
    Measured(#[source] metrics::SetRecorderError<metrics_exporter_prometheus::PrometheusRecorder>),
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
    let (listener, address) = listen("SLIPWAY_LISTEN", configuration.listen).await?;
    let metrics_listener = match configuration.http.metrics_listen {
        Some(address) => Some(listen("SLIPWAY_METRICS_LISTEN", address).await?),
        None => None,
    };

    let control_plane = open_control_plane(&configuration, SystemClock).await.map_err(ServeError::Password)?;
    let readiness = Readiness::new(needs(control_plane.as_ref()));
    let (leave, leaving) = watch::channel(false);
    if let Some(control_plane) = control_plane.clone() {
        tokio::spawn(control_plane.limits.clone().sweep());
        if let Some(queue) = open_queue(&configuration).await {
            tokio::spawn(outbox::run(control_plane, queue, SWEEP, leaving.clone()));
        }
    }
    let metrics_address = metrics_listener.as_ref().map(|(_, address)| tracing::field::display(*address));
    // Measurements are told until the very end.
    if let Some((listener, _)) = metrics_listener {
        let router = measure(&configuration, control_plane.as_ref())?;
        tokio::spawn(http_server::serve(listener, router, configuration.http.times.head, left(leaving)));
    }
    // Without a database nothing below /v1 is there.
    let with_control_plane = control_plane.is_some();
    let router = api::router(AppState::new(readiness.clone(), &configuration, control_plane));
    let (close, closed) = watch::channel(false);
    let mut server = tokio::spawn(http_server::serve(listener, router, configuration.http.times.head, left(closed)));
    let (version, commit) = (&configuration.version, &configuration.commit);
    tracing::info!(%address, metrics_address, version, commit, control_plane = with_control_plane, "listening");

    tokio::select! {
        ended = &mut server => return ended.map_err(ServeError::Died).and(Err(ServeError::Ended)),
        name = signals.next() => {
            readiness.withdraw();
            tracing::info!(signal = name, drain_s = configuration.drain.as_secs(), "draining");
        }
    }
    tokio::select! {
        ended = &mut server => return ended.map_err(ServeError::Died).and(Err(ServeError::Ended)),
        name = signals.next() => return Err(ServeError::Impatient { name }),
        () = tokio::time::sleep(configuration.drain) => {}
    }
    close.send_replace(true);
    tracing::info!(cap_s = configuration.finish.as_secs(), "listener closed, finishing what is in flight");
    tokio::select! {
        ended = &mut server => ended.map_err(ServeError::Died)?,
        name = signals.next() => return Err(ServeError::Impatient { name }),
        () = tokio::time::sleep(configuration.finish) => return Err(ServeError::Cut { cap: configuration.finish }),
    }
    leave.send_replace(true);
    tracing::info!("stopped");
    Ok(())
}

/// The port is the system's choice where the configuration says 0.
async fn listen(variable: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let refused = |source| ServeError::Listen { variable, address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}

/// What requests cannot be answered without.
fn needs(control_plane: Option<&ControlPlane>) -> Vec<Box<dyn Need>> {
    let database = control_plane.map(|control_plane| Database(Arc::clone(&control_plane.store)));
    database.into_iter().map(|need| Box::new(need) as Box<dyn Need>).collect()
}

/// From here on this process measures.
fn measure(configuration: &Configuration, control_plane: Option<&ControlPlane>) -> Result<Router, ServeError> {
    let recorder = scrape::recorder().map_err(ServeError::Metrics)?;
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(ServeError::Measured)?;
    scrape::describe(configuration);
    tokio::spawn(scrape::keep_up(handle.clone()));
    Ok(scrape::router(handle, control_plane.map(|control_plane| Arc::clone(&control_plane.store))))
}

/// Until it is said, or nobody is left to say it.
async fn left(mut leaving: watch::Receiver<bool>) {
    let _ = leaving.wait_for(|leaving| *leaving).await;
}
