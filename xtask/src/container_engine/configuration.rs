//! The files that make a podman private: every folder it would otherwise share is below one folder.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::NoContainerEngine;
use super::network::GATEWAY;
use super::packages;

/// The host name of the registry in the one account and region that the emulator stands for.
const ECR_HOST: &str = "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com";

/// `sockaddr_un` of Linux has 108 bytes, the last of them zero.
const SOCKET_PATH_LIMIT: usize = 107;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StorageDriver {
    Overlay,
    Vfs,
}

impl fmt::Display for StorageDriver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Overlay => "overlay",
            Self::Vfs => "vfs",
        })
    }
}

#[derive(Debug)]
pub(super) struct Configuration {
    folder: PathBuf,
    socket: PathBuf,
    driver: StorageDriver,
}

impl Configuration {
    pub(super) fn write(folder: &Path, registry: SocketAddr, driver: StorageDriver) -> Result<Self, NoContainerEngine> {
        let file = |path: &Path, source: io::Error| NoContainerEngine::File { path: path.to_owned(), source };
        // Podman writes absolute paths into its database and wants the same ones ever after.
        let folder = folder.canonicalize().map_err(|source| file(folder, source))?;
        let socket = folder.join("podman.sock");
        if socket.as_os_str().len() > SOCKET_PATH_LIMIT {
            return Err(NoContainerEngine::SocketPathTooLong { path: socket, limit: SOCKET_PATH_LIMIT });
        }
        let configuration = Self { folder, socket, driver };
        for (name, text) in configuration.files(registry) {
            let path = configuration.folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(|source| file(parent, source))?;
            }
            fs::write(&path, text).map_err(|source| file(&path, source))?;
        }
        let temporary = configuration.temporary();
        fs::create_dir_all(&temporary).map_err(|source| file(&temporary, source))?;
        Ok(configuration)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(super) fn driver(&self) -> StorageDriver {
        self.driver
    }

    /// What runs the service; see there.
    pub(super) fn script(&self) -> PathBuf {
        self.folder.join("serve.sh")
    }

    /// For files of a moment.
    pub(super) fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    /// Everything that a `podman` is to know of its caller's environment.
    pub(super) fn environment(&self) -> [(&'static str, OsString); 7] {
        [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into()),
            ("HOME", self.folder.join("home").into()),
            ("TMPDIR", self.temporary().into()),
            ("CONTAINERS_CONF", self.folder.join("containers.conf").into()),
            ("CONTAINERS_STORAGE_CONF", self.folder.join("storage.conf").into()),
            ("CONTAINERS_REGISTRIES_CONF", self.folder.join("registries.conf").into()),
            ("REGISTRY_AUTH_FILE", self.folder.join("auth.json").into()),
        ]
    }

    fn files(&self, registry: SocketAddr) -> [(&'static str, String); 7] {
        let folder = self.folder.display();
        let driver = self.driver;
        let programs = packages::find("netavark")
            .and_then(|path| path.parent().map(|parent| parent.display().to_string()))
            .unwrap_or_default();
        [
            (
                "containers.conf",
                format!(
                    r#"[containers]
# The rights of some machines do not allow podman's own, higher limits.
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
base_hosts_file = "{folder}/hosts"
log_driver = "k8s-file"

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
# The other kind of lock is a file in /dev/shm.
lock_type = "file"
tmp_dir = "{folder}/run/libpod"
image_copy_tmp_dir = "{folder}/tmp"
helper_binaries_dir = ["{programs}"]

[network]
network_backend = "netavark"
network_config_dir = "{folder}/networks"
"#
                ),
            ),
            (
                "storage.conf",
                format!(
                    r#"[storage]
driver = "{driver}"
graphroot = "{folder}/storage-{driver}"
runroot = "{folder}/run/storage"
"#
                ),
            ),
            (
                "registries.conf",
                format!(
                    r#"unqualified-search-registries = []

[[registry]]
location = "{registry}"
insecure = true

# Podman remaps what it pulls and never what it pushes.
[[registry]]
prefix = "{ECR_HOST}"
location = "{registry}"
insecure = true
"#
                ),
            ),
            // Podman 4.3 writes the literal "host-gateway" where Docker puts an address; so the name is given here.
            ("hosts", format!("127.0.0.1 localhost\n{GATEWAY} host.docker.internal\n")),
            ("home/.config/containers/policy.json", r#"{"default": [{"type": "insecureAcceptAnything"}]}"#.to_owned()),
            ("auth.json", "{}".to_owned()),
            ("serve.sh", include_str!("serve.sh").to_owned()),
        ]
    }
}
