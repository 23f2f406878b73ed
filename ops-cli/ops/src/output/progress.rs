//! A reconcile while it runs: on a terminal one line a service that changes in place, elsewhere one line each time
//! that something happens.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use ops_engine::event::{Event, Progress};

use super::{Printer, human};

const REDRAW: Duration = Duration::from_millis(120);

pub(crate) struct ReconcileProgress<'a> {
    printer: &'a Printer,
    /// What the plan was made from; `None` when the plan was shown already.
    heading: Option<String>,
    /// On a terminal only.
    bars: Option<MultiProgress>,
    services: BTreeMap<String, ProgressBar>,
    last_event: BTreeMap<String, String>,
}

impl<'a> ReconcileProgress<'a> {
    pub(crate) fn new(printer: &'a Printer, heading: Option<String>) -> Self {
        let bars = (printer.talks() && std::io::stderr().is_terminal()).then(MultiProgress::new);
        Self { printer, heading, bars, services: BTreeMap::new(), last_event: BTreeMap::new() }
    }

    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::WaitingForLease { holder } => self.line(&format!("waiting for {holder}")),
            Event::Planned { plan } => {
                if let Some(heading) = self.heading.take() {
                    self.line(&format!("{heading}\n\n{}", human::plan_body(plan)));
                }
            }
            Event::WaveStarted { number, of, services } => {
                if *of > 1 {
                    self.line(&format!("wave {number} of {of}: {}", services.join(", ")));
                }
            }
            Event::ServiceStarted { service, class } => self.tell(service, human::class_words(*class)),
            Event::TaskDefinitionRegistered { service, arn } => {
                self.tell(service, &format!("registered {}", arn.rsplit('/').next().unwrap_or(arn)));
            }
            Event::RolloutStarted { service, rollout } => {
                self.tell(service, &format!("rollout {}", rollout.rsplit('/').next().unwrap_or(rollout)));
            }
            Event::Progress { service, progress } => self.progress(service, progress),
            Event::ServiceFinished { outcome } => {
                if let Some(bar) = self.services.remove(&outcome.service) {
                    bar.finish_and_clear();
                }
                self.line(&format!("{}: {}", outcome.service, ops_engine::reconcile::describe(outcome.outcome)));
            }
        }
    }

    pub(crate) fn finish(&mut self) {
        for bar in self.services.values() {
            bar.finish_and_clear();
        }
    }

    fn progress(&mut self, service: &str, progress: &Progress) {
        let Progress { status, tasks, healthy, last_event } = progress;
        let mut text = status.map(|status| format!("{}: ", human::rollout_words(status))).unwrap_or_default();
        text.push_str(&format!("{}/{} running", tasks.running, tasks.requested));
        if let Some(healthy) = healthy {
            text.push_str(&format!(", {healthy} healthy in the load balancer"));
        }
        // The same event again says nothing new.
        if let Some(event) = last_event
            && self.last_event.insert(service.to_owned(), event.clone()).as_ref() != Some(event)
        {
            text.push_str(&format!("; {event}"));
        }
        self.tell(service, &text);
    }

    fn tell(&mut self, service: &str, text: &str) {
        let Some(bars) = &self.bars else {
            self.printer.status(&format!("{service}: {text}"));
            return;
        };
        let bar = self.services.entry(service.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {elapsed:>4} {prefix}  {wide_msg}");
            let bar = bars.add(ProgressBar::no_length().with_prefix(service.to_owned()));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(REDRAW);
            bar
        });
        bar.set_message(text.to_owned());
    }

    fn line(&self, text: &str) {
        match &self.bars {
            Some(bars) => bars.suspend(|| self.printer.status(text)),
            None => self.printer.status(text),
        }
    }
}
