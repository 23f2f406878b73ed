//! Many trials, on every core.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use crate::class::Class;
use crate::finding::{Broken, Finding, Property};
use crate::story::Story;
use crate::trial::{Told, run};

/// Findings after which a campaign ends: most of them are one.
const ENOUGH: usize = 5;

/// Trials of one class with the seeds from the first on.
#[derive(Debug, Clone, Copy)]
pub struct Campaign {
    pub class: Class,
    pub first: u64,
    pub seeds: u64,
}

/// What came of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Summary {
    pub trials: u64,
    pub told: Told,
    /// By seed.
    pub findings: Vec<Finding>,
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    pub class: Class,
    pub done: u64,
    pub of: u64,
}

impl Campaign {
    /// `progress` is called after every trial, from any thread.
    pub fn run(self, progress: impl Fn(Progress) + Sync) -> Summary {
        let (next, done, is_enough) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
        let summary = Mutex::new(Summary::default());
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.seeds || is_enough.load(Ordering::Relaxed) {
                    return;
                }
                let ended = self.trial(self.first + number, &mut Story::default());
                let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
                summary.trials += 1;
                match ended {
                    Ok(told) => summary.told += told,
                    Err(finding) => summary.findings.push(finding),
                }
                is_enough.store(summary.findings.len() >= ENOUGH, Ordering::Relaxed);
                drop(summary);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress(Progress { class: self.class, done, of: self.seeds });
            }
        };
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        let mut summary = summary.into_inner().unwrap_or_else(PoisonError::into_inner);
        summary.findings.sort_by_key(|finding| finding.seed);
        summary
    }

    /// One trial of the class. A panic is a finding.
    pub fn trial(self, seed: u64, story: &mut Story) -> Result<Told, Finding> {
        let ended = catch_unwind(AssertUnwindSafe(|| run(self.class, seed, story)));
        let ended = ended.unwrap_or_else(|panic| Err(Property::Ends.broken(format!("panic: {}", message(&*panic)))));
        ended.map_err(|broken: Broken| Finding { class: self.class, seed, broken })
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
