//! A container engine of this repository's own: podman and runc from the distribution, with configuration, storage and
//! socket under `target/local/containers`, so that it shares nothing with an engine that the machine may have.

mod configuration;
mod empty_folders;
mod network;
mod packages;
mod probe;
mod service;

use std::fs::{self, File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::local_folder;
use crate::tool::{self, ToolError};
use configuration::{Configuration, StorageDriver};
use network::NetworkBefore;
use service::Service;

/// Why there is no container engine here: a reason to print and to go on without, not a fault of the project.
#[derive(Debug, thiserror::Error)]
pub enum NoContainerEngine {
    #[error("containers need root here: podman is run with the rights of its user")]
    NotRoot,
    #[error("{} not installed, and there is no apt-get to install what is missing", programs.join(", "))]
    Missing { programs: Vec<&'static str> },
    #[error("apt-get can't install {}", packages.join(", "))]
    Install {
        packages: Vec<&'static str>,
        #[source]
        source: ToolError,
    },
    #[error("another run of this repository uses the engine in {}", folder.display())]
    InUse { folder: PathBuf },
    #[error(
        "the path of the engine's socket is longer than a socket's may be ({limit} bytes): {}",
        path.display()
    )]
    SocketPathTooLong { path: PathBuf, limit: usize },
    #[error("another podman's network is up: the bridge {bridge} exists")]
    BridgeInUse { bridge: &'static str },
    #[error("can't keep packets to {subnet} on this machine")]
    Route {
        subnet: &'static str,
        #[source]
        source: ToolError,
    },
    #[error("a container of one static program does not run here")]
    Probe(#[source] ToolError),
    #[error("podman does not start serving")]
    Service(#[source] service::ServiceError),
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// What goes wrong with an engine that runs.
#[derive(Debug, thiserror::Error)]
pub enum ContainerEngineError {
    #[error("can't build the image {image}")]
    Build {
        image: String,
        #[source]
        source: ToolError,
    },
    #[error("can't push the image {image} to {destination}")]
    Push {
        image: String,
        destination: String,
        #[source]
        source: ToolError,
    },
    #[error("podman did not say in {} which digest it pushed", path.display())]
    Digest {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// A running engine, for one process at a time. Dropping it removes its containers, mounts, bridge and route; what it
/// keeps for the next time (images) lies in its folder alone.
#[derive(Debug)]
pub struct ContainerEngine {
    // Dropped in this order: containers end before the network is put back, and the lock is released last.
    service: Service,
    _network: NetworkBefore,
    _folders: EmptyFolders,
    _lock: File,
}

/// An image to build.
#[derive(Debug, Clone)]
pub struct ImageBuild<'a> {
    pub containerfile: &'a Path,
    pub context: &'a Path,
    /// `--build-arg` name and value.
    pub arguments: &'a [(&'a str, &'a str)],
    /// Name and tag of the result in the engine's storage, for example `localhost/slipway/app:1.0.0`.
    pub name: &'a str,
}

impl ContainerEngine {
    /// Starts the engine, after installing it by `apt-get` where it is missing and that is possible.
    ///
    /// Images whose names begin with `000000000000.dkr.ecr.ap-northeast-2.amazonaws.com` are pulled from `registry`,
    /// without TLS: that is where the emulator will listen.
    ///
    /// # Errors
    /// A reason to print and to go on without containers.
    pub fn find_or_install(registry: SocketAddr) -> Result<Self, NoContainerEngine> {
        Self::start(&local_folder::path().join("containers"), registry)
    }

    fn start(folder: &Path, registry: SocketAddr) -> Result<Self, NoContainerEngine> {
        if !rustix::process::geteuid().is_root() {
            return Err(NoContainerEngine::NotRoot);
        }
        packages::ensure()?;
        let lock = lock(folder)?;
        let folders = EmptyFolders;
        let network = NetworkBefore::keep(folder)?;
        let serve = |driver| {
            let configuration = Configuration::write(folder, registry, driver)?;
            let service = Service::start(configuration).map_err(NoContainerEngine::Service)?;
            probe::run(&service).map(|()| service)
        };
        // Overlay needs a file system that can be its upper layer; copies always work.
        let service = serve(StorageDriver::Overlay).or_else(|_| serve(StorageDriver::Vfs))?;
        Ok(Self { service, _network: network, _folders: folders, _lock: lock })
    }

    /// The Docker-compatible API's Unix socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.service.configuration().socket()
    }

    /// What `podman` calls itself and how it stores images, for a line of output.
    #[must_use]
    pub fn description(&self) -> String {
        let version = tool::run(&mut self.service.podman(["--version"]))
            .map_or_else(|_| "podman".to_owned(), |text| text.trim().to_owned());
        format!("{version}, {} storage", self.service.configuration().driver())
    }

    /// Builds an image. The same input gives the same image: its layers and its creation date carry no time of day.
    ///
    /// # Errors
    /// When the build fails; the message holds what it printed.
    pub fn build_image(&self, build: &ImageBuild<'_>) -> Result<(), ContainerEngineError> {
        let mut command = self.service.podman(["build"]);
        // The cache takes an `ENV` for unchanged when only a build argument in it differs.
        command.args(["--timestamp=0", "--no-cache", "--force-rm", "--tag", build.name, "--file"]);
        command.arg(build.containerfile);
        for (name, value) in build.arguments {
            command.arg(format!("--build-arg={name}={value}"));
        }
        tool::run(command.arg(build.context))
            .map(drop)
            .map_err(|source| ContainerEngineError::Build { image: build.name.to_owned(), source })
    }

    /// Pushes an image of the engine's storage to a registry without TLS and returns the digest of the manifest as the
    /// registry has it, `sha256:…`.
    ///
    /// # Errors
    /// When the registry refuses it or cannot be reached.
    pub fn push_image(&self, name: &str, destination: &str) -> Result<String, ContainerEngineError> {
        let digest_file = self.service.configuration().temporary().join("pushed-digest");
        let mut command = self.service.podman(["push"]);
        command
            .args(["--quiet", "--tls-verify=false"])
            // The emulator's registry asks for credentials, as ECR does, and takes any.
            .args(["--creds", "AWS:local", "--digestfile"])
            .arg(&digest_file)
            .args([name, destination]);
        tool::run(&mut command).map_err(|source| ContainerEngineError::Push {
            image: name.to_owned(),
            destination: destination.to_owned(),
            source,
        })?;
        let digest = fs::read_to_string(&digest_file)
            .map_err(|source| ContainerEngineError::Digest { path: digest_file, source })?;
        Ok(digest.trim().to_owned())
    }
}

#[cfg(test)]
impl ContainerEngine {
    /// Any other command of the engine.
    pub(crate) fn podman(&self, arguments: &[&str]) -> Result<String, ToolError> {
        tool::run(&mut self.service.podman(arguments))
    }
}

/// Goes after everything that uses them.
#[derive(Debug)]
struct EmptyFolders;

impl Drop for EmptyFolders {
    fn drop(&mut self) {
        empty_folders::remove();
    }
}

fn lock(folder: &Path) -> Result<File, NoContainerEngine> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| NoContainerEngine::File { path, source }
    };
    fs::create_dir_all(folder).map_err(at(folder))?;
    let path = folder.join("lock");
    let file = File::create(&path).map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(NoContainerEngine::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(NoContainerEngine::File { path, source }),
    }
}

#[cfg(test)]
mod tests;
