//! Whether this process wants traffic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::store::{Store, StoreError};

/// How long an answer holds: however many ask, what is asked about is asked once a second.
const FRESH: Duration = Duration::from_secs(1);

/// Load balancers wait for 2 s and more.
const PATIENCE: Duration = Duration::from_secs(1);

/// What has to work before a request is worth while. Not all that this process uses: a queue that is away holds no
/// request up, since jobs wait in the database.
#[async_trait]
pub(crate) trait Need: Send + Sync {
    /// As `/readyz` names it.
    fn name(&self) -> &'static str;

    async fn works(&self) -> bool;
}

/// Shared by the endpoint that tells it and the shutdown that withdraws it, for good.
#[derive(Clone, Default)]
pub(crate) struct Readiness {
    withdrawn: Arc<AtomicBool>,
    needs: Arc<Vec<Box<dyn Need>>>,
    found: Arc<Mutex<Option<Finding>>>,
}

struct Finding {
    at: Instant,
    missing: Vec<&'static str>,
}

impl Readiness {
    pub(crate) fn new(needs: Vec<Box<dyn Need>>) -> Self {
        Self { needs: Arc::new(needs), ..Self::default() }
    }

    pub(crate) fn withdraw(&self) {
        self.withdrawn.store(true, Ordering::Release);
    }

    pub(crate) fn is_withdrawn(&self) -> bool {
        self.withdrawn.load(Ordering::Acquire)
    }

    /// What does not work; who asks at the same time waits for the one answer.
    pub(crate) async fn missing(&self) -> Vec<&'static str> {
        let mut found = self.found.lock().await;
        if let Some(fresh) = found.as_ref().filter(|finding| finding.at.elapsed() < FRESH) {
            return fresh.missing.clone();
        }
        let mut missing = Vec::new();
        for need in self.needs.iter() {
            if !matches!(tokio::time::timeout(PATIENCE, need.works()).await, Ok(true)) {
                missing.push(need.name());
            }
        }
        *found = Some(Finding { at: Instant::now(), missing: missing.clone() });
        missing
    }
}

/// The database.
pub(crate) struct Database(pub(crate) Arc<dyn Store>);

#[async_trait]
impl Need for Database {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn works(&self) -> bool {
        let checked = self.0.check().await;
        if let Err(error @ (StoreError::Unavailable(_) | StoreError::Refused(_))) = &checked {
            tracing::warn!(causes = %crate::causes(error), "{error}");
        }
        checked.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    struct Counted {
        asked: Arc<AtomicUsize>,
        works: bool,
    }

    #[async_trait]
    impl Need for Counted {
        fn name(&self) -> &'static str {
            "counted"
        }

        async fn works(&self) -> bool {
            self.asked.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            self.works
        }
    }

    struct Hung;

    #[async_trait]
    impl Need for Hung {
        fn name(&self) -> &'static str {
            "hung"
        }

        async fn works(&self) -> bool {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn many_probes_are_one_question() {
        let asked = Arc::new(AtomicUsize::new(0));
        let readiness = Readiness::new(vec![Box::new(Counted { asked: Arc::clone(&asked), works: true })]);
        let begun = Instant::now();
        let missing = futures::future::join_all((0..50).map(|_| readiness.missing())).await;
        assert!(missing.iter().all(Vec::is_empty));
        // On a machine that is too busy to ask 50 times within a second, they are some more.
        let most = 1 + begun.elapsed().as_secs() as usize;
        assert!(asked.load(Ordering::Relaxed) <= most, "{asked:?}");

        let before = asked.load(Ordering::Relaxed);
        while asked.load(Ordering::Relaxed) == before {
            readiness.missing().await;
            assert!(begun.elapsed() < Duration::from_secs(30), "an answer holds for ever");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test]
    async fn what_does_not_answer_in_time_is_missing() {
        let counted = Counted { asked: Arc::default(), works: false };
        let readiness = Readiness::new(vec![Box::new(Hung), Box::new(counted)]);
        assert_eq!(readiness.missing().await, ["hung", "counted"]);
    }
}
