//! The local AWS: one process of `xtask/emulator/truthful_aws` per [`Emulator`], each with its own port and its own state.

mod request;

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::local_folder;
use crate::python_environment::{self, Kind, PythonError};

/// How an emulator is to be started. [`Default`] is what a test wants: loopback only, any free port, no containers.
#[derive(Debug, Clone)]
pub struct EmulatorOptions {
    /// The region of requests that name none.
    pub region: String,
    /// Divides every waiting time of the modelled AWS: health check intervals, grace periods, draining, task starts.
    /// 1 is real time; must not be 0.
    pub speed: u32,
    /// The address to listen on; 0 as `port` takes a free one.
    pub bind: IpAddr,
    pub port: u16,
    /// The Docker-compatible socket that runs tasks as real containers. Without one the emulator models tasks itself.
    pub container_engine_socket: Option<PathBuf>,
    /// The host's address on the engine's bridge, listened on too when there is an engine, so that containers reach
    /// the emulator. Podman's default network has 10.88.0.1.
    pub container_gateway: IpAddr,
    /// Where the emulator writes its log. Without one it goes to a file that lives as long as the emulator.
    pub log_file: Option<PathBuf>,
}

impl Default for EmulatorOptions {
    fn default() -> Self {
        Self {
            region: "ap-northeast-2".to_owned(),
            speed: 1,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            container_engine_socket: None,
            container_gateway: IpAddr::V4(Ipv4Addr::new(10, 88, 0, 1)),
            log_file: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    #[error("can't prepare the emulator's Python environment")]
    Python(#[from] PythonError),
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("can't start the emulator")]
    Spawn(#[source] io::Error),
    #[error("the emulator ended ({status}) before it answered; the end of its log:\n{log}")]
    Ended { status: ExitStatus, log: String },
    #[error("the emulator did not answer within {} s; the end of its log:\n{log}", limit.as_secs())]
    Silent { limit: Duration, log: String },
}

/// A running emulator. Dropping it ends the process and, with it, the containers it started.
///
/// The emulator also ends by itself when this process goes, however it goes: it reads a pipe that only this process
/// holds. (Linux's parent-death signal would not do: it fires when the *thread* that started the child ends.)
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    /// Open as long as the emulator is wanted.
    lifeline: Option<ChildStdin>,
    address: SocketAddr,
    region: String,
    log_file: PathBuf,
    folder: PathBuf,
}

/// Long enough for a machine that compiles on every core at the same time; a start takes about a second.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Stopping containers takes their stop timeout; the emulator's own end is immediate.
const STOP_LIMIT: Duration = Duration::from_secs(20);

impl Emulator {
    /// Starts an emulator and returns when it answers. Makes the Python environment first if that is needed.
    ///
    /// # Errors
    /// When the Python environment cannot be made, the process cannot be started, or it does not come to answer; the
    /// last lines of its log are then part of the message.
    pub fn start(options: EmulatorOptions) -> Result<Self, EmulatorError> {
        let python = python_environment::ensure(Kind::Emulator)?;
        let folder = new_folder()?;
        let log_file = options.log_file.clone().unwrap_or_else(|| folder.join("log"));
        let log = File::create(&log_file).map_err(at(&log_file))?;

        let mut child = command(&python, &folder, &options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(EmulatorError::Spawn)?;
        let lifeline = child.stdin.take();
        let stdout = child.stdout.take();
        let mut emulator = Self {
            child,
            lifeline,
            address: SocketAddr::new(options.bind, options.port),
            region: options.region,
            log_file,
            folder,
        };
        emulator.wait_until_it_answers(stdout)?;
        Ok(emulator)
    }

    /// `http://127.0.0.1:<port>`: what `AWS_ENDPOINT_URL` takes. Load balancers are under `/_alb/<name>/`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The environment that makes an AWS client talk to this emulator and to nothing else.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", self.endpoint().as_str()),
            // Names of load balancers do not resolve here; the emulator goes by the host that a request names.
            ("OPS_SCENARIOS_CONNECT_TO", self.address.to_string().as_str()),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", &self.region),
            ("AWS_DEFAULT_REGION", &self.region),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// The emulator's log. Gone with the emulator unless [`EmulatorOptions::log_file`] named it, or a test panicked.
    #[must_use]
    pub fn log_file(&self) -> &Path {
        &self.log_file
    }

    /// The process id, for a test that wants to kill it.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process still runs.
    ///
    /// # Errors
    /// When the operating system cannot tell.
    pub fn is_running(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// The first line of the process names the address it listens on; the health document says that it serves.
    fn wait_until_it_answers(&mut self, stdout: Option<impl Read + Send + 'static>) -> Result<(), EmulatorError> {
        let (sender, receiver) = std::sync::mpsc::channel();
        if let Some(stdout) = stdout {
            // Its own thread, since a pipe cannot be read with a time limit; it ends with the emulator's output.
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if let Some(address) = line.strip_prefix("listening on ").and_then(|text| text.parse().ok()) {
                        let _ = sender.send(address);
                    }
                }
            });
        }
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if let Some(status) = self.child.try_wait().map_err(EmulatorError::Spawn)? {
                return Err(EmulatorError::Ended { status, log: self.end_of_log() });
            }
            match receiver.recv_timeout(Duration::from_millis(20)) {
                Ok(address) => {
                    self.address = address;
                    if is_healthy(address, START_LIMIT.saturating_sub(started.elapsed())) {
                        return Ok(());
                    }
                }
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                // Its output ended: give the exit status a moment to arrive instead of spinning.
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => std::thread::sleep(Duration::from_millis(20)),
            }
        }
        Err(EmulatorError::Silent { limit: START_LIMIT, log: self.end_of_log() })
    }

    fn end_of_log(&self) -> String {
        let log = fs::read(&self.log_file).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let asked = Instant::now();
        while asked.elapsed() < STOP_LIMIT {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                _ => break,
            }
        }
        // Refused when the process has already been waited for; there is nothing to do about a failure here.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn command(python: &Path, folder: &Path, options: &EmulatorOptions) -> Command {
    let source = local_folder::workspace().join("xtask/emulator");
    let mut command = Command::new(python);
    command
        // A terminal's Ctrl-C goes to the whole foreground group: the emulator ends when its owner says so.
        .process_group(0)
        .current_dir(folder)
        .args(["-m", "truthful_aws"])
        .arg(format!("--bind={}", SocketAddr::new(options.bind, options.port)))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("PYTHONPATH", source)
        .env("PYTHONPYCACHEPREFIX", local_folder::path().join("python/bytecode"))
        .env("TMPDIR", folder)
        .env("S3_DATA_DIR", folder.join("s3"))
        .env("STATE_DIR", folder.join("state"))
        .env("MINISTACK_REGION", &options.region)
        .env("TRUTHFUL_AWS_SPEED", options.speed.to_string());
    if let Some(socket) = &options.container_engine_socket {
        command
            .arg(format!("--container-gateway={}", options.container_gateway))
            .env("DOCKER_HOST", format!("unix://{}", socket.display()));
    }
    command
}

/// A folder of its own for each emulator, so that several at once share nothing.
fn new_folder() -> Result<PathBuf, EmulatorError> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = local_folder::path().join("emulator").join(name);
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    Ok(folder)
}

/// A loopback address that nobody listens on: for who has to know an emulator's before it is started.
///
/// # Errors
/// When every port is taken.
pub fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> EmulatorError {
    let path = path.to_owned();
    move |source| EmulatorError::File { path, source }
}

/// The socket accepts before the server runs, so this one request waits for the answer and is not repeated.
fn is_healthy(address: SocketAddr, limit: Duration) -> bool {
    let ask = || -> io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_read_timeout(Some(limit))?;
        stream.write_all(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut status_line = String::new();
        BufReader::new(stream).read_line(&mut status_line)?;
        Ok(status_line.contains(" 200 "))
    };
    ask().unwrap_or(false)
}
