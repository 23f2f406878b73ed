//! How fast `ops plan` is, how much it asks and how much memory it takes, beside Terraform on the same services.
//!
//! `ops`, Terraform, git and the services are real; AWS is the emulator behind a proxy that adds latency.

mod recording_proxy;
mod report;
mod team;
mod terraform_root;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use self::recording_proxy::RecordingProxy;
use self::report::{Cache, Plan, Refresh};
use self::team::Team;
use self::terraform_root::TerraformRoot;
use super::measurement::measure;
use super::{Folder, Result};
use crate::emulator::{Emulator, EmulatorOptions};
use crate::ops_binary::{self, OpsBuild};
use crate::terraform::Terraform;

pub use self::report::Report;

/// Divides the waiting times of the emulator while the services are made.
const SPEED: u32 = 100;
/// Of each `ops plan`; the one with the median time counts.
const RUNS: usize = 3;

/// What is to be measured.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// Sizes of the environments.
    pub services: BTreeSet<usize>,
    /// Of each call.
    pub latency: Duration,
    /// Measure the release profile in place of the dev profile.
    pub release: bool,
    /// Leave out Terraform, which needs minutes for the largest environment.
    pub without_terraform: bool,
}

/// Measures plans of environments in which nothing has to change. `say` is told what is being done.
///
/// # Errors
/// When something cannot be started, or a plan is not empty.
pub fn plan(options: &PlanOptions, say: impl Fn(&str)) -> Result<Report> {
    let build = if options.release { OpsBuild::Release } else { OpsBuild::Dev };
    let ops = ops_binary::compile(build)?.join("ops");
    let emulator = Emulator::start(EmulatorOptions { speed: SPEED, ..EmulatorOptions::default() })?;
    let folder = Folder::create()?;
    let mut report = Report { latency: options.latency, profile: build.profile(), plans: Vec::new(), refresh: None };
    let largest = options.services.last();
    for services in &options.services {
        say(&format!("{services} services: ops reconcile"));
        let place = folder.0.join(services.to_string());
        let team = Team::with_services(*services, place.join("team"), &ops, &emulator)?;
        let proxy = RecordingProxy::start(emulator.endpoint(), options.latency)?;
        say(&format!("{services} services: ops plan"));
        report.plans.extend(plans(*services, &team, &proxy, &account(&emulator, &proxy), &place)?);
        if Some(services) == largest && !options.without_terraform {
            say(&format!("{services} services: terraform import, then plan -refresh-only"));
            report.refresh = Some(refresh(*services, &team, &proxy, &emulator, &place.join("terraform"))?);
        }
    }
    Ok(report)
}

/// A first run teaches the proxy and fills a cache.
fn plans(
    services: usize,
    team: &Team,
    proxy: &RecordingProxy,
    account: &[(String, String)],
    place: &Path,
) -> Result<[Plan; 2]> {
    let warm = place.join("warm");
    run_plan(services, Cache::Cold, team, proxy, account, &warm)?;
    let runs = |cache| {
        let mut runs = (0..RUNS)
            .map(|run| {
                let folder = if cache == Cache::Warm { warm.clone() } else { place.join(format!("cold-{run}")) };
                let measured = run_plan(services, cache, team, proxy, account, &folder)?;
                require_recorded(measured.1)?;
                Ok(measured.0)
            })
            .collect::<Result<Vec<_>>>()?;
        runs.sort_by_key(|run| run.wall);
        Ok::<_, Box<dyn std::error::Error>>(runs.swap_remove(RUNS / 2))
    };
    Ok([runs(Cache::Cold)?, runs(Cache::Warm)?])
}

/// A plan, and how many of its calls the emulator had to be asked for.
fn run_plan(
    services: usize,
    cache: Cache,
    team: &Team,
    proxy: &RecordingProxy,
    account: &[(String, String)],
    folder: &Path,
) -> Result<(Plan, u32)> {
    let measured = measure(&mut team.plan(account, folder), Stdio::null())?;
    let (calls, forwarded) = proxy.take_calls();
    if !measured.status.success() {
        return Err(format!("`ops plan` of {services} services is not empty: {}", measured.status).into());
    }
    Ok((Plan { services, cache, calls, wall: measured.wall, peak_memory: measured.peak_memory }, forwarded))
}

fn refresh(
    services: usize,
    team: &Team,
    proxy: &RecordingProxy,
    emulator: &Emulator,
    folder: &Path,
) -> Result<Refresh> {
    let root = TerraformRoot::import(folder, &team.cluster(), services, &Terraform::find(emulator.environment())?)?;
    let terraform = Terraform::find(account(emulator, proxy))?;
    // As with ops, the first run teaches the proxy.
    root.refresh(&terraform)?;
    proxy.take_calls();
    let began = Instant::now();
    root.refresh(&terraform)?;
    let wall = began.elapsed();
    let (calls, forwarded) = proxy.take_calls();
    require_recorded(forwarded)?;
    Ok(Refresh { services, calls, wall })
}

/// Otherwise the emulator's time would be in the measurement.
fn require_recorded(forwarded: u32) -> Result<()> {
    if forwarded == 0 { Ok(()) } else { Err(format!("{forwarded} calls of the first run were not the same").into()) }
}

/// The emulator's environment, by way of the proxy.
fn account(emulator: &Emulator, proxy: &RecordingProxy) -> Vec<(String, String)> {
    let mut variables = emulator.environment();
    for (name, value) in &mut variables {
        if name == "AWS_ENDPOINT_URL" {
            *value = proxy.endpoint();
        }
    }
    variables
}
