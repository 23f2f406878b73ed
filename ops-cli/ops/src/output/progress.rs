//! A reconcile while it runs: on a terminal one line a service that changes in place, elsewhere one line each time
//! that something happens.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use ops_engine::event::{Event, Progress, SiteStep};
use ops_model::plan::Kind;

use super::{Printer, human};

const REDRAW: Duration = Duration::from_millis(120);

pub(crate) struct ReconcileProgress<'a> {
    printer: &'a Printer,
    /// What the plan was made from; `None` when the plan was shown already.
    heading: Option<String>,
    /// On a terminal only.
    bars: Option<MultiProgress>,
    /// By the words for what it is about.
    subjects: BTreeMap<String, ProgressBar>,
    last_event: BTreeMap<String, String>,
}

impl<'a> ReconcileProgress<'a> {
    pub(crate) fn new(printer: &'a Printer, heading: Option<String>) -> Self {
        let bars = (printer.talks() && std::io::stderr().is_terminal()).then(MultiProgress::new);
        Self { printer, heading, bars, subjects: BTreeMap::new(), last_event: BTreeMap::new() }
    }

    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::WaitingForLease { holder } => self.line(&format!("waiting for {holder}")),
            Event::Overriding { overrides } => self.line(&human::overrides(overrides)),
            Event::Planned { plan } => {
                if let Some(heading) = self.heading.take() {
                    self.line(&format!("{heading}\n\n{}", human::plan_body(plan)));
                }
            }
            Event::WaveStarted { number, of, changes } => {
                if *of > 1 {
                    let changes: Vec<_> = changes.iter().map(|(kind, name)| human::subject(*kind, name)).collect();
                    self.line(&format!("wave {number} of {of}: {}", changes.join(", ")));
                }
            }
            Event::ChangeStarted { kind, name, class } => {
                self.tell(&human::subject(*kind, name), human::class_words(*class));
            }
            Event::TaskDefinitionRegistered { name, arn } => {
                self.line(&format!("{name}: registered {}", last_part(arn)));
            }
            Event::TaskStarted { task, arn, adopted } => {
                let how = if *adopted { "found running" } else { "started" };
                self.tell(&human::subject(Kind::Task, task), &format!("{how}: {}", last_part(arn)));
            }
            Event::TaskProgress { task, status } => {
                self.tell(&human::subject(Kind::Task, task), &status.to_lowercase());
            }
            Event::RuleAuthorized { group, rule, id, terraform } => {
                let subject = human::subject(Kind::Firewall, group);
                self.line(&format!("{subject}: added {id} ({rule})"));
                if let Some(address) = terraform {
                    self.line(&format!("  Terraform learns of it by: terraform import '{address}' {id}"));
                }
            }
            Event::SiteProgress { site, step, done, of } => {
                self.site_progress(site, *step, *done, *of);
            }
            Event::Log { task, line } => self.line(&human::log_line(task, line)),
            Event::RolloutStarted { service, rollout } => {
                self.tell(service, &format!("rollout {}", last_part(rollout)));
            }
            Event::Progress { service, progress } => self.progress(service, progress),
            Event::VerificationStarted { scenarios } => self.line(&format!("scenarios: {}", scenarios.join(", "))),
            Event::ScenarioAttemptFailed { scenario, attempt, of, why } => {
                let subject = human::subject(Kind::Scenario, scenario);
                self.tell(&subject, &format!("attempt {attempt} of {of} failed: {why}"));
            }
            Event::RollingBack { scenarios } => {
                self.line(&format!("rolling back, because of failed scenarios: {}", scenarios.join(", ")));
            }
            Event::ChangeFinished { outcome } => {
                let subject = human::subject(outcome.kind, &outcome.name);
                if let Some(bar) = self.subjects.remove(&subject) {
                    bar.finish_and_clear();
                }
                self.line(&format!("{subject}: {}", ops_engine::reconcile::describe(outcome.outcome)));
            }
        }
    }

    pub(crate) fn finish(&mut self) {
        for bar in self.subjects.values() {
            bar.finish_and_clear();
        }
    }

    fn progress(&mut self, service: &str, progress: &Progress) {
        let Progress { status, tasks, stage, traffic_percent, waiting, healthy, last_event } = progress;
        let mut text = status.map(|status| format!("{}: ", human::rollout_words(status))).unwrap_or_default();
        text.push_str(&format!("{}/{} running", tasks.running, tasks.requested));
        if let Some(healthy) = healthy {
            text.push_str(&format!(", {healthy} healthy in the load balancer"));
        }
        if let Some(stage) = stage {
            text.push_str(&format!(", {}", stage.to_lowercase().replace('_', " ")));
        }
        if let Some(percent) = traffic_percent {
            text.push_str(&format!(", {percent} % of the traffic"));
        }
        if let Some(hook) = waiting.first() {
            text.push_str(&human::waiting(hook));
        }
        // The same event again says nothing new.
        if let Some(event) = last_event
            && self.last_event.insert(service.to_owned(), event.clone()).as_ref() != Some(event)
        {
            text.push_str(&format!("; {event}"));
        }
        self.tell(service, &text);
    }

    /// Where lines stay, one for each step is enough.
    fn site_progress(&mut self, site: &str, step: SiteStep, done: usize, of: usize) {
        if self.bars.is_none() && done > 0 {
            return;
        }
        let text = match step {
            SiteStep::Uploading => format!("brought {done} of {of} files into the bucket"),
            SiteStep::Flipping => format!("put {done} of {of} files into place"),
            SiteStep::Invalidating => format!("waiting until the edges have forgotten {of} paths"),
            SiteStep::Tidying => format!("deleting {of} objects that no build needs"),
        };
        self.tell(&human::subject(Kind::Site, site), &text);
    }

    fn tell(&mut self, subject: &str, text: &str) {
        let Some(bars) = &self.bars else {
            self.printer.status(&format!("{subject}: {text}"));
            return;
        };
        let bar = self.subjects.entry(subject.to_owned()).or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner} {elapsed:>4} {prefix}  {wide_msg}");
            let bar = bars.add(ProgressBar::no_length().with_prefix(subject.to_owned()));
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

/// The part of an ARN that tells it from others of its sort.
fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
