//! Podman's Docker-compatible API, in namespaces of its own (see `serve.sh`).

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::configuration::Configuration;
use crate::tool;

const START_LIMIT: Duration = Duration::from_secs(30);
const STOP_LIMIT: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("can't start it")]
    Spawn(#[source] io::Error),
    #[error("it ended ({status}); its log:\n{log}")]
    Ended { status: ExitStatus, log: String },
    #[error("it did not answer within {} s; its log:\n{log}", START_LIMIT.as_secs())]
    Silent { log: String },
}

/// Dropping it ends the process and its namespaces. They also end when this process does, however it does: the service
/// waits for the end of its standard input.
#[derive(Debug)]
pub(super) struct Service {
    child: Child,
    /// Open as long as the service is wanted.
    lifeline: Option<ChildStdin>,
    configuration: Configuration,
}

impl Service {
    /// Started, and accepting connections on the configuration's socket.
    pub(super) fn start(configuration: Configuration) -> Result<Self, ServiceError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| ServiceError::File { path, source }
        };
        end_orphan(&configuration);
        let log_path = configuration.folder().join("podman.log");
        let log = File::create(&log_path).map_err(at(&log_path))?;
        let mut child = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"])
            .arg("sh")
            .arg(configuration.script())
            .arg(configuration.folder())
            .env_clear()
            .envs(configuration.environment())
            // A terminal's Ctrl-C goes to the whole foreground group: the engine ends when its owner says so.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().map_err(at(&log_path))?)
            .stderr(log)
            .spawn()
            .map_err(ServiceError::Spawn)?;
        let lifeline = child.stdin.take();
        let mut service = Self { child, lifeline, configuration };
        let process_id_file = process_id_file(&service.configuration);
        fs::write(&process_id_file, service.child.id().to_string()).map_err(at(&process_id_file))?;
        service.wait_until_it_answers(&log_path)?;
        Ok(service)
    }

    fn wait_until_it_answers(&mut self, log_path: &Path) -> Result<(), ServiceError> {
        let started = Instant::now();
        while UnixStream::connect(self.configuration.socket()).is_err() {
            let log = || fs::read_to_string(log_path).unwrap_or_default();
            if let Some(status) = self.child.try_wait().map_err(ServiceError::Spawn)? {
                return Err(ServiceError::Ended { status, log: log() });
            }
            if started.elapsed() > START_LIMIT {
                return Err(ServiceError::Silent { log: log() });
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    pub(super) fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// A `podman` in the service's namespaces: only there does it see the service's mounts and processes. Paths among
    /// its arguments must be absolute.
    pub(super) fn podman<Argument: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = Argument>) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--target={}", self.first_process()))
            .args(["--mount", "--pid", "podman"])
            .args(arguments)
            .env_clear()
            .envs(self.configuration.environment());
        command
    }

    /// The one child of `unshare`, which itself stays outside: process 1 of the new namespace.
    fn first_process(&self) -> String {
        let outside = self.child.id();
        let children = fs::read_to_string(format!("/proc/{outside}/task/{outside}/children"));
        // Where it has gone, there is no namespace to enter, and `nsenter` says so.
        children.map_or_else(|_| outside.to_string(), |text| text.trim().to_owned())
    }

    /// Containers first and by podman, which also undoes their part of the network; then everything that is left.
    fn stop(&mut self) {
        let _ = self.remove_containers();
        drop(self.lifeline.take());
        let asked = Instant::now();
        while asked.elapsed() < STOP_LIMIT && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(PAUSE);
        }
        // Refused when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(self.configuration.socket());
        let _ = fs::remove_file(process_id_file(&self.configuration));
    }

    /// All of them: nobody else's are in this storage.
    pub(super) fn remove_containers(&self) -> Result<(), tool::ToolError> {
        tool::run(&mut self.podman(["rm", "--all", "--force", "--time=0"]))?;
        tool::run(&mut self.podman(["volume", "prune", "--force"])).map(drop)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Ends the service of an earlier run that was killed and whose service has not noticed yet.
fn end_orphan(configuration: &Configuration) {
    let path = process_id_file(configuration);
    let Ok(text) = fs::read_to_string(&path) else {
        return;
    };
    let folder = configuration.folder().to_string_lossy().into_owned();
    // The number may belong to another process by now: only one that was told to serve from our folder is ours.
    let is_ours = |process_id: i32| {
        fs::read(format!("/proc/{process_id}/cmdline"))
            .is_ok_and(|command| String::from_utf8_lossy(&command).split('\0').any(|argument| argument == folder))
    };
    if let Ok(process_id) = text.trim().parse()
        && is_ours(process_id)
        && let Some(process) = Pid::from_raw(process_id)
    {
        let _ = kill_process(process, Signal::KILL);
        let killed = Instant::now();
        while is_ours(process_id) && killed.elapsed() < STOP_LIMIT {
            std::thread::sleep(PAUSE);
        }
    }
    let _ = fs::remove_file(configuration.socket());
    let _ = fs::remove_file(&path);
}

fn process_id_file(configuration: &Configuration) -> PathBuf {
    configuration.folder().join("podman.pid")
}
