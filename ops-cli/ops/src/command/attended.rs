//! Work that takes a while, with somebody watching: its events are shown, and Ctrl-C lets go of it safely.

use ops_engine::event::EventSink;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::error::CommandError;
use crate::interruption::Interruption;
use crate::output::{Printer, ReconcileProgress};

/// What the first Ctrl-C of a rollout means.
pub(super) const LETTING_GO: &str = "letting go: ECS goes on by itself; once more ends at once";

/// Does the work, and tells on the way what happens. `heading`: what a plan was made from, where none was shown yet.
pub(super) async fn attended<T, E, F>(
    printer: &Printer,
    heading: Option<String>,
    letting_go: &str,
    work: impl FnOnce(EventSink, CancellationToken) -> F,
) -> Result<T, CommandError>
where
    F: Future<Output = Result<T, E>>,
    CommandError: From<E>,
{
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let interruption = Interruption::listen();
    let mut progress = ReconcileProgress::new(printer, heading);
    let work = work(EventSink::new(sender), interruption.token());
    tokio::pin!(work);
    let mut lets_go = false;
    let done = loop {
        tokio::select! {
            biased;
            Some(event) = receiver.recv() => progress.show(&event),
            done = &mut work => break done,
            () = interruption.signals(1), if !lets_go => {
                lets_go = true;
                printer.status(letting_go);
            }
            () = interruption.signals(2) => return Err(interruption.error()),
        }
    };
    while let Ok(event) = receiver.try_recv() {
        progress.show(&event);
    }
    progress.finish();
    Ok(done?)
}
