//! Folders that containers need outside the engine's own and that nothing is in any more.

use std::fs;
use std::path::Path;

/// The group that podman puts its containers in, with the cgroupfs manager.
const CGROUP: &str = "libpod_parent";

/// What `serve.sh` mounts private folders on.
const MOUNT_POINTS: [&str; 4] = ["/run/containers", "/run/netns", "/run/runc", "/var/lib/containers"];

/// Only empty ones can be removed this way, so what another engine uses stays.
pub(super) fn remove() {
    for mount_point in MOUNT_POINTS {
        let _ = fs::remove_dir(mount_point);
    }
    let root = Path::new("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(root).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    for hierarchy in hierarchies.chain([root.to_owned()]) {
        remove_cgroup(&hierarchy.join(CGROUP));
    }
}

/// A cgroup is a folder that can be removed when no process and no other group is in it.
fn remove_cgroup(group: &Path) {
    for entry in fs::read_dir(group).into_iter().flatten().filter_map(Result::ok) {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_cgroup(&entry.path());
        }
    }
    let _ = fs::remove_dir(group);
}
