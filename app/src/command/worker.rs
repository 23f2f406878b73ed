//! `app worker`: do what is in the queue, and leave in good order.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ops_engine::clock::SystemClock;
use tokio::sync::watch;

use super::leave::{SignalError, Signals};
use super::{open_control_plane, open_queue};
use crate::configuration::{Configuration, Delivery};
use crate::identity::PasswordError;
use crate::jobs::{Deliveries, Mailer, PagerDuty, Slack, Webhook};
use crate::outbox;
use crate::worker::Worker;

/// Jobs whose writer has gone before it could send them are sent after so long.
const SWEEP: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkerError {
    #[error("can't start the async runtime")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Signal(#[from] SignalError),
    #[error("SLIPWAY_DATABASE_URL is not set: it says where the jobs are")]
    NoDatabase,
    #[error("SLIPWAY_QUEUE_URL is not set: it says which queue to work on")]
    NoQueue,
    #[error("can't make a client for HTTP")]
    Client(#[source] reqwest::Error),
    #[error("can't hash passwords")]
    Password(#[source] PasswordError),
    #[error("the worker's task died")]
    Died(#[source] tokio::task::JoinError),
    #[error("jobs were cut: they had not ended {} s after the worker was to leave", cap.as_secs())]
    Cut { cap: Duration },
    #[error("a second signal ({name}) came before the jobs that were begun had ended")]
    Impatient { name: &'static str },
}

pub(crate) fn run(configuration: Configuration) -> Result<(), WorkerError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(WorkerError::Runtime)?
        .block_on(work(configuration))
}

async fn work(configuration: Configuration) -> Result<(), WorkerError> {
    let mut signals = Signals::subscribe()?;
    let control_plane = open_control_plane(&configuration, SystemClock).await.map_err(WorkerError::Password)?;
    let control_plane = control_plane.ok_or(WorkerError::NoDatabase)?;
    let queue = open_queue(&configuration).await.ok_or(WorkerError::NoQueue)?;
    if let Err(error) = queue.check().await {
        tracing::warn!(causes = %crate::causes(&error), "{error}");
    }
    let deliveries = Arc::new(deliveries(configuration.delivery)?);
    let (leave, leaving) = watch::channel(false);
    tokio::spawn(outbox::run(control_plane.clone(), Arc::clone(&queue), SWEEP, leaving.clone()));
    let mut worker = tokio::spawn(Worker { control_plane, queue, deliveries }.run(leaving));
    let (version, commit) = (&configuration.version, &configuration.commit);
    tracing::info!(version, commit, "working");

    let name = signals.next().await;
    leave.send_replace(true);
    let cap = configuration.finish;
    tracing::info!(signal = name, cap_s = cap.as_secs(), "finishing what was begun");
    tokio::select! {
        ended = &mut worker => ended.map_err(WorkerError::Died)?,
        name = signals.next() => return Err(WorkerError::Impatient { name }),
        () = tokio::time::sleep(cap) => return Err(WorkerError::Cut { cap }),
    }
    tracing::info!("stopped");
    Ok(())
}

fn deliveries(delivery: Delivery) -> Result<Deliveries, WorkerError> {
    // A redirect would take what is sent to where nobody has said that it may go.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).user_agent("slipway");
    let client = client.build().map_err(WorkerError::Client)?;
    let Delivery { mail, slack, webhook, pager_duty } = delivery;
    Ok(Deliveries {
        mailer: mail.map(|mail| Mailer {
            server: mail.server,
            from: mail.from,
            to: mail.to,
            public_url: mail.public_url,
        }),
        slack: slack.map(|url| Slack::new(url, client.clone())),
        webhook: webhook.map(|(url, secret)| Webhook::new(url, secret, client.clone())),
        pager_duty: pager_duty.map(|(url, routing_key)| PagerDuty::new(url, routing_key, client)),
    })
}
