//! How often somebody may ask. Each process counts for itself: with several of them, a client gets as many times more.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::api::ClientAddress;
use crate::configuration::Rates;
use crate::identity::Email;
use crate::problem::Problem;

/// How often those are forgotten that have not asked for as long as it takes to be let in whole again.
const SWEEP: Duration = Duration::from_secs(30);

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Elapsed, NoOpMiddleware<Duration>>;

#[derive(Clone)]
pub(crate) struct RateLimits {
    elapsed: Elapsed,
    addresses: Arc<Limiter<IpAddr>>,
    identities: Arc<Limiter<String>>,
    logins_from: Arc<Limiter<IpAddr>>,
    logins_to: Arc<Limiter<Email>>,
}

impl RateLimits {
    pub(crate) fn new(rates: Rates) -> Self {
        let start = Instant::now();
        Self::with_clock(rates, Elapsed(Arc::new(move || start.elapsed())))
    }

    pub(crate) fn with_clock(rates: Rates, elapsed: Elapsed) -> Self {
        Self {
            addresses: limiter(rates.address, &elapsed),
            identities: limiter(rates.identity, &elapsed),
            logins_from: limiter(rates.login, &elapsed),
            logins_to: limiter(rates.login, &elapsed),
            elapsed,
        }
    }

    /// Somebody unknown asks.
    ///
    /// # Errors
    ///
    /// 429 when their address has asked too often.
    pub(crate) fn address(&self, client: ClientAddress) -> Result<(), Problem> {
        self.count(&self.addresses, &client.network())
    }

    /// Somebody known asks. `identity`: a user or a token.
    ///
    /// # Errors
    ///
    /// 429 when they have asked too often.
    pub(crate) fn identity(&self, identity: &str) -> Result<(), Problem> {
        self.count(&self.identities, &identity.to_owned())
    }

    /// Somebody tries a password, or asks for a new one. One address that tries one password with many accounts is stopped
    /// as many addresses are that try many with one.
    ///
    /// # Errors
    ///
    /// 429 when the address has tried too often, or the account was tried too often.
    pub(crate) fn login(&self, client: ClientAddress, account: &Email) -> Result<(), Problem> {
        self.count(&self.logins_from, &client.network())?;
        self.account(account)
    }

    /// The same of somebody who is logged in.
    ///
    /// # Errors
    ///
    /// 429 when the account was tried too often.
    pub(crate) fn account(&self, account: &Email) -> Result<(), Problem> {
        self.count(&self.logins_to, account)
    }

    fn count<K: Clone + std::hash::Hash + Eq>(&self, limiter: &Limiter<K>, key: &K) -> Result<(), Problem> {
        limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.elapsed.now());
            Problem::too_many(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
        })
    }

    /// Forgets who has not asked for long, without end.
    pub(crate) async fn sweep(self) {
        let mut interval = tokio::time::interval(SWEEP);
        loop {
            interval.tick().await;
            self.forget();
        }
    }

    fn forget(&self) {
        fn shrink<K: Clone + std::hash::Hash + Eq>(limiter: &Limiter<K>) {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        shrink(&self.addresses);
        shrink(&self.identities);
        shrink(&self.logins_from);
        shrink(&self.logins_to);
    }
}

fn limiter<K: Clone + std::hash::Hash + Eq>(rate: NonZeroU32, elapsed: &Elapsed) -> Arc<Limiter<K>> {
    Arc::new(RateLimiter::new(Quota::per_minute(rate), DashMapStateStore::default(), elapsed.clone()))
}

/// The time since the start, which nobody sets back.
#[derive(Clone)]
pub(crate) struct Elapsed(pub(crate) Arc<dyn Fn() -> Duration + Send + Sync>);

impl Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

impl std::fmt::Debug for Elapsed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Elapsed")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn who_has_not_asked_for_a_minute_is_forgotten() {
        let seconds = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&seconds);
        let elapsed = Elapsed(Arc::new(move || Duration::from_secs(clock.load(Ordering::Relaxed))));
        let limits = RateLimits::with_clock(Rates::default(), elapsed);
        for last in 0..100 {
            let client = ClientAddress(IpAddr::from([203, 0, 113, last]));
            limits.login(client, &format!("ada{last}@example.com").parse().expect("an address")).expect("let in");
        }
        limits.forget();
        assert_eq!((limits.logins_from.len(), limits.logins_to.len()), (100, 100));
        seconds.store(61, Ordering::Relaxed);
        limits.forget();
        assert_eq!((limits.logins_from.len(), limits.logins_to.len()), (0, 0));
    }
}
