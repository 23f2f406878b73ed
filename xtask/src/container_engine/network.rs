//! What containers change of the machine's network, kept and put back.
//!
//! Podman's bridge goes when its last container does. From then on a packet to a container's old address would leave
//! the machine by the default route; a route of our own, worse than the bridge's, refuses it. Netavark adds chains to
//! the packet filter and lets the machine forward packets; both stay when the bridge goes.

mod packet_filter;

use std::fs;
use std::path::{Path, PathBuf};

use super::NoContainerEngine;
use super::packages::command;
use crate::tool::{self, ToolError};

/// Podman's default network.
const BRIDGE: &str = "podman0";
const SUBNET: &str = "10.88.0.0/16";
pub(super) const GATEWAY: &str = "10.88.0.1";

const FORWARDING: &str = "/proc/sys/net/ipv4/ip_forward";

/// What is to be put back. Each has a file in the engine's folder while it is owed, so that the run after one that was
/// killed still knows.
#[derive(Debug)]
pub(super) struct NetworkBefore {
    route_mark: PathBuf,
    filter_mark: PathBuf,
    /// Holds what [`FORWARDING`] said.
    forwarding_mark: PathBuf,
}

impl NetworkBefore {
    /// Notes what there is, and adds the route.
    pub(super) fn keep(folder: &Path) -> Result<Self, NoContainerEngine> {
        let refused = |source| NoContainerEngine::Route { subnet: SUBNET, source };
        let before = Self {
            route_mark: folder.join("route-is-ours"),
            filter_mark: folder.join("packet-filter-is-ours"),
            forwarding_mark: folder.join("forwarding-before"),
        };
        // A killed run's bridge, with nothing on it, is not a foreign one.
        if before.filter_mark.exists() || before.route_mark.exists() {
            remove_bridge();
        }
        if bridge_folder().exists() {
            return Err(NoContainerEngine::BridgeInUse { bridge: BRIDGE });
        }
        if !before.forwarding_mark.exists() {
            let forwarding = fs::read(FORWARDING).unwrap_or_default();
            write(&before.forwarding_mark, &forwarding)?;
        }
        if packet_filter::is_free_of_netavark().map_err(refused)? {
            write(&before.filter_mark, b"")?;
        }
        let present = tool::run(command("ip").args(["route", "show", "type", "unreachable", SUBNET]));
        if present.map_err(refused)?.trim().is_empty() {
            write(&before.route_mark, b"")?;
            tool::run(command("ip").args(route("add"))).map_err(refused)?;
        }
        Ok(before)
    }

    /// Each step is tried whatever became of the one before; there is nobody to tell.
    fn restore(&self) {
        remove_bridge();
        settle(&self.filter_mark, |_| packet_filter::remove_netavark());
        settle(&self.route_mark, |_| tool::run(command("ip").args(route("del"))).map(drop));
        settle(&self.forwarding_mark, |before| {
            if !before.is_empty() {
                let _ = fs::write(FORWARDING, before);
            }
            Ok(())
        });
    }
}

impl Drop for NetworkBefore {
    fn drop(&mut self) {
        self.restore();
    }
}

/// Pays what the mark says is owed, and takes the mark away.
fn settle(mark: &Path, pay: impl FnOnce(&[u8]) -> Result<(), ToolError>) {
    if let Ok(content) = fs::read(mark) {
        let _ = pay(&content);
        let _ = fs::remove_file(mark);
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), NoContainerEngine> {
    fs::write(path, content).map_err(|source| NoContainerEngine::File { path: path.to_owned(), source })
}

fn route(verb: &str) -> [&str; 6] {
    ["route", verb, "unreachable", SUBNET, "metric", "9999"]
}

/// Removes the bridge unless a container is still on it.
fn remove_bridge() {
    let in_use = fs::read_dir(bridge_folder().join("brif")).is_ok_and(|mut containers| containers.next().is_some());
    if bridge_folder().exists() && !in_use {
        let _ = tool::run(command("ip").args(["link", "delete", BRIDGE]));
    }
}

fn bridge_folder() -> PathBuf {
    Path::new("/sys/class/net").join(BRIDGE)
}
