//! A loop of requests through a load balancer, to count what a rollout loses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(10);

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    pub requests: u32,
    /// Anything but 200, and no answer at all.
    pub failures: u32,
    /// The `version` of the answers' JSON, and how often it was seen.
    pub versions: BTreeMap<String, u32>,
    /// What the first failure was.
    pub first_failure: Option<String>,
}

/// Runs until it is stopped, at most fifty requests a second.
#[derive(Debug)]
pub struct RequestLoop {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Counted>,
}

impl RequestLoop {
    /// Begins to ask `url`, which has to be on this machine. It stops by itself after `limit`.
    #[must_use]
    pub fn start(url: String, limit: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let agent = agent();
            let mut counted = Counted::default();
            let began = Instant::now();
            while !stopped.load(Ordering::Relaxed) && began.elapsed() < limit {
                count(ask(&agent, &url), &mut counted);
                std::thread::sleep(PAUSE);
            }
            counted
        });
        Self { stop, thread }
    }

    /// Stops and returns what was counted.
    #[must_use]
    pub fn stop(self) -> Counted {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or_else(|_| Counted {
            failures: 1,
            first_failure: Some("the loop ended by itself".to_owned()),
            ..Counted::default()
        })
    }
}

/// The `version` that a URL of app's answers with.
///
/// # Errors
/// What came instead, in words.
pub fn version(url: &str) -> Result<String, String> {
    ask(&agent(), url)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(true).build().into()
}

fn ask(agent: &ureq::Agent, url: &str) -> Result<String, String> {
    let text = agent
        .get(url)
        .call()
        .and_then(|mut response| response.body_mut().read_to_string())
        .map_err(|error| error.to_string())?;
    let document: serde_json::Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    document["version"].as_str().map(str::to_owned).ok_or_else(|| "the answer has no version".to_owned())
}

fn count(answer: Result<String, String>, counted: &mut Counted) {
    counted.requests += 1;
    match answer {
        Ok(version) => *counted.versions.entry(version).or_default() += 1,
        Err(failure) => {
            counted.failures += 1;
            counted.first_failure.get_or_insert(failure);
        }
    }
}
