//! How many tasks run, and on what.

use std::collections::BTreeMap;

use ops_model::declaration::{Architecture, Capacity, CapacityShare, Scaling, ScalingTarget};
use serde_json::Value;

use super::manifest::{Section, seconds};

#[derive(Default)]
pub(super) struct Counted {
    pub(super) count: Option<u32>,
    pub(super) scaling: Option<Scaling>,
    pub(super) capacity: Option<Capacity>,
}

const SPOT: Capacity = Capacity { fargate: None, fargate_spot: Some(CapacityShare { base: 0, weight: 1 }) };

pub(super) fn count(manifest: &mut Section) -> Counted {
    if let Some(count) = manifest.take_number("count", (0, 5000)) {
        return Counted { count: Some(count), ..Counted::default() };
    }
    let mut section = manifest.section("count");
    let counted = counted(&mut section);
    manifest.close(section);
    counted
}

fn counted(section: &mut Section) -> Counted {
    if let Some(count) = section.take_number("spot", (0, 5000)) {
        return Counted { count: Some(count), capacity: Some(SPOT), ..Counted::default() };
    }
    let (bounds, capacity) = match section.take_as("range", |value| range(value.as_str()?)) {
        Some(bounds) => (Some(bounds), None),
        None => {
            let mut range = section.section("range");
            let bounds = range.take_number("min", (0, 5000)).zip(range.take_number("max", (1, 5000)));
            let base = range.take_number("spot_from", (1, 5000));
            section.close(range);
            let spot = base.map(|from| Capacity {
                fargate: Some(CapacityShare { base: from.saturating_sub(1), weight: 0 }),
                fargate_spot: Some(CapacityShare { base: 0, weight: 1 }),
            });
            (bounds, spot)
        }
    };
    let mut cooldown = section.section("cooldown");
    let cooldowns = cooldowns(&mut cooldown, (300, 300));
    section.close(cooldown);
    let cpu = target(section, "cpu_percentage", cooldowns).filter(|it| it.target <= 100);
    let memory = target(section, "memory_percentage", cooldowns).filter(|it| it.target <= 100);
    let requests = target(section, "requests", cooldowns);
    let Some((minimum, maximum)) = bounds else { return Counted::default() };
    if cpu.is_none() && memory.is_none() && requests.is_none() {
        section.note("range", "nothing that ops knows scales the service: the number of tasks stays where it is");
        return Counted { capacity, ..Counted::default() };
    }
    let scaling =
        Scaling { minimum, maximum, cpu, memory, requests, steps: BTreeMap::new(), schedules: BTreeMap::new() };
    Counted { scaling: Some(scaling), capacity, ..Counted::default() }
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to && (1..=5000).contains(&to)).then_some((from, to))
}

/// A number, or a number with cool-downs of its own.
fn target(section: &mut Section, key: &str, (scale_in, scale_out): (u32, u32)) -> Option<ScalingTarget> {
    let of = |target, (scale_in, scale_out)| ScalingTarget {
        target,
        scale_out_cooldown_seconds: scale_out,
        scale_in_cooldown_seconds: scale_in,
        only_out: false,
    };
    let bounds = (1, 1_000_000);
    if let Some(number) = section.take_number(key, bounds) {
        return Some(of(number, (scale_in, scale_out)));
    }
    let mut inner = section.section(key);
    let number = inner.take_number("value", bounds);
    let mut cooldown = inner.section("cooldown");
    let own = cooldowns(&mut cooldown, (scale_in, scale_out));
    inner.close(cooldown);
    section.close(inner);
    number.map(|number| of(number, own))
}

fn cooldowns(section: &mut Section, (scale_in, scale_out): (u32, u32)) -> (u32, u32) {
    let mut bounded = |key, default| {
        section
            .take_as(key, |value: &Value| seconds(value.as_str()?).filter(|seconds| *seconds <= 3600))
            .unwrap_or(default)
    };
    (bounded("in", scale_in), bounded("out", scale_out))
}

pub(super) fn architecture(manifest: &mut Section) -> Architecture {
    let known = manifest.take_as("platform", |value| match value.as_str()? {
        "linux/arm64" => Some(Architecture::Arm64),
        "linux/amd64" | "linux/x86_64" => Some(Architecture::X86_64),
        _ => None,
    });
    known.unwrap_or_default()
}
