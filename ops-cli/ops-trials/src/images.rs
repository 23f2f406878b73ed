//! The builds that environments run, and what becomes of a container of each.

use std::time::Duration;

use ops_sim::{ImageBehaviour, ScenarioBehaviour, SimulatedAccount};

pub(crate) const REPOSITORY: &str = "registry.example/slipway/app";
pub(crate) const MIGRATIONS: &str = "registry.example/slipway/migrations";

pub const HEALTHY: ImageBehaviour = ImageBehaviour::Healthy { start: Duration::from_secs(3) };

/// Writes a line and ends well.
pub const MIGRATES: ImageBehaviour = ImageBehaviour::Exits { exit_code: 0, after: Duration::from_secs(20) };

/// Ends well within the grace of health checks, for services may wait for it.
const ENDS: ImageBehaviour = ImageBehaviour::Exits { exit_code: 0, after: Duration::from_secs(2) };

/// Crashes before any health check has passed.
const CRASHED: ImageBehaviour = ImageBehaviour::Exits { exit_code: 1, after: Duration::from_secs(2) };

/// Digits that the digests of good builds consist of.
pub const GOOD: [char; 3] = ['a', 'b', 'c'];

/// Their containers crash, are not in the registry, or never get healthy.
pub const BAD: [char; 3] = [CRASHES, 'e', 'f'];

/// The first of them.
pub(crate) const CRASHES: char = 'd';

/// Their containers are healthy; scenarios fail always, fail at first, or never end.
pub const UNVERIFIED: [char; 3] = ['1', '2', '3'];

#[must_use]
pub fn image(build: char) -> String {
    format!("{REPOSITORY}@sha256:{}", build.to_string().repeat(64))
}

#[must_use]
pub fn migrations(build: char) -> String {
    format!("{MIGRATIONS}@sha256:{}", build.to_string().repeat(64))
}

/// `builds.yaml`: `app`, and `migrations` if there are some.
#[must_use]
pub fn artifacts(build: char, migrates: bool) -> String {
    let digest = build.to_string().repeat(64);
    let artifact = |name: &str, image: &str| {
        let version = u32::from(build);
        format!("  {name}:\n    image: {image}\n    digest: sha256:{digest}\n    version: 1.0.{version}\n")
    };
    let migrations = if migrates { artifact("migrations", MIGRATIONS) } else { String::new() };
    format!("version: 1\nartifacts:\n{}{migrations}", artifact("app", REPOSITORY))
}

/// Fills the registry, and says how the scenarios go on each build.
pub(crate) fn push_all(account: &SimulatedAccount, scenarios: &[&str]) {
    for build in GOOD.into_iter().chain(UNVERIFIED) {
        account.push_image(&image(build), HEALTHY);
        account.push_image(&migrations(build), ENDS);
    }
    let [_, _missing, never_healthy] = BAD;
    account.push_image(&image(CRASHES), CRASHED);
    account.push_image(&migrations(CRASHES), CRASHED);
    account.push_image(&image(never_healthy), ImageBehaviour::NeverHealthy);
    account.push_image(&migrations(never_healthy), ENDS);
    let behaviours = [
        ScenarioBehaviour::Fails { attempts: u32::MAX },
        ScenarioBehaviour::Fails { attempts: 2 },
        ScenarioBehaviour::Hangs,
    ];
    for (build, behaviour) in UNVERIFIED.into_iter().zip(behaviours) {
        for scenario in scenarios {
            account.set_scenario(scenario, &image(build), behaviour);
        }
    }
}
