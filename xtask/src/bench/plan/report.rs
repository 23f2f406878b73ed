//! What was measured, beside what it is to be.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use super::recording_proxy::Calls;
use crate::bench::aim::Aim;

/// Times the least number of calls, with a warm cache.
const MOST_CALLS: f64 = 1.2;
/// Times Terraform's speed.
const LEAST_SPEED: f64 = 20.0;
const MOST_MEMORY: f64 = 80.0 * MEGABYTE;
const MEGABYTE: f64 = 1e6;

/// Services on a page of [`ListServices`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html).
const LISTED_AT_ONCE: usize = 100;
/// Services in a call of [`DescribeServices`](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html).
const DESCRIBED_AT_ONCE: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    Cold,
    Warm,
}

/// The median of some runs of `ops plan`.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) services: usize,
    pub(super) cache: Cache,
    pub(super) calls: Calls,
    pub(super) wall: Duration,
    /// Bytes.
    pub(super) peak_memory: u64,
}

/// One run of `terraform plan -refresh-only`.
#[derive(Debug)]
pub(super) struct Refresh {
    pub(super) services: usize,
    pub(super) calls: Calls,
    pub(super) wall: Duration,
}

/// The measurements of one benchmark.
#[derive(Debug)]
pub struct Report {
    pub(super) latency: Duration,
    pub(super) profile: &'static str,
    pub(super) plans: Vec<Plan>,
    pub(super) refresh: Option<Refresh>,
}

impl Plan {
    /// Without a list nobody knows the services, without a description what they are like; a task definition that is
    /// not in the cache takes a call of its own.
    fn least_calls(&self) -> usize {
        let services = self.services.div_ceil(LISTED_AT_ONCE).max(1) + self.services.div_ceil(DESCRIBED_AT_ONCE);
        match self.cache {
            Cache::Warm => services,
            Cache::Cold => services + self.services,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    fn ratio(&self) -> f64 {
        f64::from(total(&self.calls)) / self.least_calls() as f64
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
    fn megabytes(&self) -> f64 {
        self.peak_memory as f64 / MEGABYTE
    }
}

fn total(calls: &Calls) -> u32 {
    calls.values().sum()
}

impl Report {
    /// As one JSON document.
    #[must_use]
    pub fn json(&self) -> Value {
        let plans = self.plans.iter().map(|plan| {
            json!({
                "services": plan.services,
                "cache": plan.cache.to_string(),
                "calls": plan.calls,
                "total_calls": total(&plan.calls),
                "least_calls": plan.least_calls(),
                "seconds": plan.wall.as_secs_f64(),
                "peak_memory_bytes": plan.peak_memory,
            })
        });
        let refresh = self.refresh.as_ref().map(|refresh| {
            json!({
                "services": refresh.services,
                "calls": refresh.calls,
                "total_calls": total(&refresh.calls),
                "seconds": refresh.wall.as_secs_f64(),
            })
        });
        json!({
            "latency_seconds": self.latency.as_secs_f64(),
            "profile": self.profile,
            "ops_plan": plans.collect::<Vec<_>>(),
            "terraform_refresh": refresh,
            "aims": self.aims().iter().map(Aim::json).collect::<Vec<_>>(),
        })
    }

    /// They are about the largest environment: the few calls that every plan makes are most of a small one's.
    fn aims(&self) -> Vec<Aim> {
        let warm = self.plans.iter().filter(|plan| plan.cache == Cache::Warm);
        let Some(plan) = warm.max_by_key(|plan| plan.services) else { return Vec::new() };
        let of = plan.services;
        let memory = self.plans.iter().map(Plan::megabytes).fold(0.0, f64::max);
        let speed = self.refresh.as_ref().filter(|refresh| refresh.services == of).map(|refresh| {
            let found = refresh.wall.as_secs_f64() / plan.wall.as_secs_f64();
            let says = format!("at least {LEAST_SPEED} times as fast as Terraform at {of} services, warm");
            Aim { says, found, met: found >= LEAST_SPEED }
        });
        let calls = Aim {
            says: format!("at most {MOST_CALLS} times the least calls at {of} services, warm"),
            found: plan.ratio(),
            met: plan.ratio() <= MOST_CALLS,
        };
        let memory = Aim {
            says: format!("under {} MB at any size", MOST_MEMORY / MEGABYTE),
            found: memory,
            met: memory * MEGABYTE < MOST_MEMORY,
        };
        [Some(calls), speed, Some(memory)].into_iter().flatten().collect()
    }
}

impl fmt::Display for Cache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Cold => "cold",
            Self::Warm => "warm",
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = self.latency.as_millis();
        writeln!(formatter, "No-op plans at {latency} ms a call; ops of the {} profile\n", self.profile)?;
        writeln!(
            formatter,
            "{:<22} {:>8}  {:<5} {:>6} {:>6} {:>6} {:>9} {:>9}",
            "", "services", "cache", "calls", "least", "ratio", "seconds", "MB"
        )?;
        for plan in &self.plans {
            let (calls, least, ratio) = (total(&plan.calls), plan.least_calls(), plan.ratio());
            let (seconds, memory) = (plan.wall.as_secs_f64(), plan.megabytes());
            writeln!(
                formatter,
                "{:<22} {:>8}  {:<5} {calls:>6} {least:>6} {ratio:>6.2} {seconds:>9.2} {memory:>9.1}",
                "ops plan", plan.services, plan.cache
            )?;
        }
        if let Some(refresh) = &self.refresh {
            let (calls, seconds) = (total(&refresh.calls), refresh.wall.as_secs_f64());
            writeln!(
                formatter,
                "{:<22} {:>8}  {:<5} {calls:>6} {:>6} {:>6} {seconds:>9.2} {:>9}",
                "terraform refresh-only", refresh.services, "", "", "", ""
            )?;
        }
        writeln!(formatter)?;
        self.aims().iter().try_for_each(|aim| writeln!(formatter, "{aim}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(cache: Cache, calls: u32, megabytes: u64) -> Plan {
        let calls = Calls::from([("ecs:DescribeServices".to_owned(), calls)]);
        Plan { services: 500, cache, calls, wall: Duration::from_secs(1), peak_memory: megabytes * 1_000_000 }
    }

    fn report(calls: u32, megabytes: u64, terraform_seconds: u64) -> Report {
        let wall = Duration::from_secs(terraform_seconds);
        Report {
            latency: Duration::from_millis(50),
            profile: "dev",
            plans: vec![plan(Cache::Cold, 600, megabytes), plan(Cache::Warm, calls, 30)],
            refresh: Some(Refresh { services: 500, calls: Calls::new(), wall }),
        }
    }

    fn met(report: &Report) -> Vec<bool> {
        report.aims().iter().map(|aim| aim.met).collect()
    }

    #[test]
    fn aims_are_met_up_to_their_bounds_and_no_further() {
        assert_eq!(met(&report(66, 79, 20)), [true, true, true]);
        assert_eq!(met(&report(67, 80, 19)), [false, false, false]);
    }

    #[test]
    fn the_least_calls_are_pages_batches_and_task_definitions_that_are_not_cached() {
        let least = |services| Plan { services, ..plan(Cache::Warm, 0, 0) }.least_calls();
        assert_eq!([0, 1, 10, 11, 100, 101, 500].map(least), [1, 2, 2, 3, 11, 13, 55]);
        assert_eq!(plan(Cache::Cold, 0, 0).least_calls(), 555);
    }

    #[test]
    fn without_terraform_nothing_is_said_of_its_speed() {
        let report = Report { refresh: None, ..report(55, 30, 0) };
        assert_eq!(met(&report), [true, true]);
        assert_eq!(report.json()["terraform_refresh"], Value::Null);
    }
}
