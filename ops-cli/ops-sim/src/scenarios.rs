use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use ops_engine::scenarios::{Attempted, HttpScenarios, ScenarioAttempt, ScenarioError};
use ops_model::scenario::{ScenarioFailure, ScenarioRequest};
use tokio_util::sync::CancellationToken;

use crate::account::SimulatedAccount;
use crate::state::State;

/// How long requests and answers take.
const DURATION: Duration = Duration::from_millis(500);

/// How a scenario goes while a build is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScenarioBehaviour {
    /// As one does that nothing was said about.
    Passes,
    /// So many attempts fail; those after them pass.
    Fails { attempts: u32 },
    /// The answer never comes.
    Hangs,
}

/// By scenario, and image or digest of a site's build.
#[derive(Debug, Clone, Default)]
pub(crate) struct ScenarioBehaviours(BTreeMap<(String, String), ScenarioBehaviour>);

impl ScenarioBehaviours {
    pub(crate) fn set(&mut self, scenario: &str, build: &str, behaviour: ScenarioBehaviour) {
        self.0.insert((scenario.to_owned(), build.to_owned()), behaviour);
    }
}

impl State {
    /// Decided by the images that services run and the builds that sites serve; an attempt that fails is one fewer to fail.
    fn attempt(&mut self, scenario: &str, served: Vec<String>) -> ScenarioBehaviour {
        let tasks = self.services.values().flat_map(|service| &service.tasks);
        // One that ECS is just starting in place of another will answer like it.
        let alive = tasks.filter(|task| task.is_alive());
        let images = alive.flat_map(|task| &task.containers).map(|it| it.image.clone());
        let deployed: Vec<_> = images.chain(served).collect();
        for build in deployed {
            match self.scenarios.0.get_mut(&(scenario.to_owned(), build)) {
                None | Some(ScenarioBehaviour::Passes | ScenarioBehaviour::Fails { attempts: 0 }) => {}
                Some(behaviour) => {
                    let now = *behaviour;
                    if let ScenarioBehaviour::Fails { attempts } = behaviour {
                        *attempts = attempts.saturating_sub(1);
                    }
                    return now;
                }
            }
        }
        ScenarioBehaviour::Passes
    }
}

#[async_trait]
impl HttpScenarios for SimulatedAccount {
    async fn attempt(&self, attempt: &ScenarioAttempt, stop: &CancellationToken) -> Result<Attempted, ScenarioError> {
        self.lock().attempts.push(attempt.clone());
        let served = self.lock().buckets.served_builds();
        let behaviour = self.change(|state| state.attempt(&attempt.name, served));
        let takes = if behaviour == ScenarioBehaviour::Hangs { Duration::MAX } else { DURATION };
        tokio::select! {
            () = stop.cancelled() => return Err(ScenarioError::Stopped),
            () = tokio::time::sleep(takes.min(attempt.limit)) => {}
        }
        if takes > attempt.limit {
            return Err(ScenarioError::TimedOut { limit: attempt.limit });
        }
        let url = format!("{}/{}", attempt.variables.get("url").map_or("", String::as_str), attempt.name);
        let failed = behaviour != ScenarioBehaviour::Passes;
        let status = if failed { 500 } else { 200 };
        let failure = ScenarioFailure {
            line: 2,
            column: 6,
            what: "Assert status code".to_owned(),
            text: "HTTP 200".to_owned(),
            details: vec!["actual value is <500>".to_owned()],
            request: Some(format!("GET {url}")),
            status: Some(status),
            body: Some("{\"error\": \"no such table: users\"}".to_owned()),
        };
        let milliseconds = u64::try_from(DURATION.as_millis()).unwrap_or(u64::MAX);
        let request = ScenarioRequest { method: "GET".to_owned(), url, status, milliseconds };
        Ok(Attempted { requests: vec![request], failures: failed.then_some(failure).into_iter().collect() })
    }
}
