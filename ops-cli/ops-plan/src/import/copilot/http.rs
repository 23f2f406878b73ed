//! How others reach a service.

use ops_model::declaration::{Connect, ConnectProtocol, HealthCheck, Public};

use super::manifest::Section;

/// The public entrance, and the seconds of grace that are declared with its health check.
pub(super) fn http(service: &str, is_public: bool, manifest: &mut Section) -> (Option<Public>, Option<u32>) {
    if manifest.take_as("http", |value| (value.as_bool() == Some(false)).then_some(())).is_some() {
        return (None, None);
    }
    let mut section = manifest.section("http");
    let declared = section.take_text("path");
    if !is_public {
        if declared.is_some() {
            section
                .note("path", "not taken over: an internal load balancer; other services reach this one by `connect:`");
        }
        manifest.close(section);
        return (None, None);
    }
    let path = declared.as_deref().map_or_else(|| format!("/{service}/*"), pattern);
    let (health, grace_seconds) = health(&mut section);
    manifest.close(section);
    (Some(Public { path, priority: None, health }), grace_seconds)
}

/// Copilot's `api` is everything below `/api`.
fn pattern(path: &str) -> String {
    match path.trim_matches('/') {
        "" => "/*".to_owned(),
        path => format!("/{path}/*"),
    }
}

fn health(section: &mut Section) -> (HealthCheck, Option<u32>) {
    let is_path =
        |path: &str| path.starts_with('/') && path.len() <= 255 && path.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(path) =
        section.take_as("healthcheck", |value| value.as_str().filter(|path| is_path(path)).map(str::to_owned))
    {
        return (HealthCheck { path, ..HealthCheck::default() }, None);
    }
    let mut inner = section.section("healthcheck");
    let default = HealthCheck::default();
    let bounded = |seconds: Option<u32>, (from, to): (u32, u32), default| {
        seconds.filter(|seconds| (from..=to).contains(seconds)).unwrap_or(default)
    };
    let interval_seconds = bounded(inner.take_seconds("interval"), (5, 300), default.interval_seconds);
    let timeout_seconds = bounded(inner.take_seconds("timeout"), (2, 120), default.timeout_seconds);
    let health = HealthCheck {
        path: inner.take_text("path").filter(|path| is_path(path)).unwrap_or(default.path),
        interval_seconds,
        // AWS takes no more than the interval.
        timeout_seconds: timeout_seconds.min(interval_seconds - 1),
        healthy_threshold: inner.take_number("healthy_threshold", (2, 10)).unwrap_or(default.healthy_threshold),
        unhealthy_threshold: inner.take_number("unhealthy_threshold", (2, 10)).unwrap_or(default.unhealthy_threshold),
    };
    let grace = inner.take_seconds("grace_period").filter(|seconds| *seconds <= 3600);
    section.close(inner);
    (health, grace)
}

/// Service Connect. Without a port the service only calls others, and `ops check` says so of a name.
pub(super) fn connect(manifest: &mut Section) -> Option<Connect> {
    let mut network = manifest.section("network");
    let connect = match network.take_boolean("connect") {
        Some(switch) => switch.then(Connect::default),
        None => {
            let mut inner = network.section("connect");
            let is_name = |name: &str| {
                name.len() <= 63
                    && name.starts_with(|first: char| first.is_ascii_lowercase())
                    && !name.ends_with('-')
                    && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            };
            let alias = inner.take_as("alias", |value| value.as_str().filter(|name| is_name(name)).map(str::to_owned));
            network.close(inner);
            alias.map(|name| Connect { name: Some(name), protocol: ConnectProtocol::Tcp, ..Connect::default() })
        }
    };
    let mut vpc = network.section("vpc");
    if vpc.take_text("placement").is_some() {
        vpc.note(
            "placement",
            "where tasks run is `network.nat`: `none` is in public subnets, everything else in private ones",
        );
    }
    network.close(vpc);
    manifest.close(network);
    connect
}
