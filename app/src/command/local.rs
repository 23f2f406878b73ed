//! `app serve --local`: the control plane on one machine, from nothing, until it is told to leave.
//!
//! The server and the worker are processes of their own, as they are elsewhere; this one holds what they need.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use xtask::database::{Database, DatabaseError};
use xtask::emulator::{Emulator, EmulatorError, EmulatorOptions};

use super::leave::{SignalError, Signals};

const LISTEN: &str = "127.0.0.1:8080";
const EMAIL: &str = "admin@slipway.example";
const BUCKET: &str = "files";

/// Long enough for a machine that compiles at the same time.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, thiserror::Error)]
pub(crate) enum LocalError {
    #[error("can't have a database")]
    Database(#[source] DatabaseError),
    #[error("can't have a queue and a place for files")]
    Emulator(#[source] EmulatorError),
    #[error("the emulator does not make {what}: {reason}")]
    Prepare { what: &'static str, reason: String },
    #[error("can't make a key to sign with")]
    Key,
    #[error("can't start the async runtime")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Signal(#[from] SignalError),
    #[error("can't run app {verb}")]
    Spawn {
        verb: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("app {verb} ended: {status}")]
    Ended { verb: &'static str, status: ExitStatus },
    #[error("can't listen on {listen}: say in SLIPWAY_LISTEN where else")]
    Taken {
        listen: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("the server does not answer on {0}")]
    Silent(SocketAddr),
    #[error("SLIPWAY_LISTEN is not an address and a port, for example {LISTEN}")]
    Listen,
    #[error("can't print")]
    Print(#[source] io::Error),
}

pub(crate) fn run() -> Result<(), LocalError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(LocalError::Runtime)?;
    // Before anything is started, so that whatever comes ends what was.
    let mut signals = runtime.block_on(async { Signals::subscribe() })?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the children read the environment; this is the default of one variable"
    )]
    let listen = std::env::var("SLIPWAY_LISTEN").unwrap_or_else(|_| LISTEN.to_owned());
    let listen: SocketAddr = listen.parse().map_err(|_| LocalError::Listen)?;
    // Before anything is started: another server would answer in place of ours.
    TcpListener::bind(listen).map_err(|source| LocalError::Taken { listen, source })?;
    tell("starting a database and an emulator of AWS")?;
    let database = Database::start("").map_err(LocalError::Database)?;
    let emulator = Emulator::start(EmulatorOptions::default()).map_err(LocalError::Emulator)?;
    let variables = variables(&database, &emulator, listen)?;
    let password = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 12]>());
    finish("migrate", app(&variables, &["migrate"]).spawn())?;
    add_user(&variables, &password)?;
    let mut server = Running::start("serve", &variables)?;
    let mut worker = Running::start("worker", &variables)?;
    wait_for(listen, &mut server)?;
    let mut output = io::stdout().lock();
    writeln!(output, "\n  API       http://{listen}/v1\n  docs      http://{listen}/docs/")
        .and_then(|()| {
            writeln!(output, "  log in    {EMAIL}\n  password  {password}\n\nCtrl-C ends it, and all that it holds.")
        })
        .map_err(LocalError::Print)?;
    drop(output);

    runtime.block_on(async {
        let mut tick = tokio::time::interval(Duration::from_millis(200));
        loop {
            tokio::select! {
                _ = signals.next() => return Ok(()),
                _ = tick.tick() => {
                    server.must_run()?;
                    worker.must_run()?;
                }
            }
        }
    })
}

fn tell(what: &str) -> Result<(), LocalError> {
    writeln!(io::stderr(), "{what} …").map_err(LocalError::Print)
}

fn variables(
    database: &Database,
    emulator: &Emulator,
    listen: SocketAddr,
) -> Result<Vec<(String, String)>, LocalError> {
    let made = |what| move |error: &dyn std::fmt::Display| LocalError::Prepare { what, reason: error.to_string() };
    let queue = emulator.json_call("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": "jobs"}));
    let queue = queue.map_err(|error| made("a queue")(&error))?;
    emulator.create_bucket(BUCKET).map_err(|error| made("a bucket")(&error))?;
    let key = Ed25519KeyPair::generate().and_then(|key| key.to_pkcs8v1()).map_err(|_| LocalError::Key)?;
    let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(key.as_ref()));
    let mut variables = emulator.environment();
    for (name, value) in [
        ("SLIPWAY_LISTEN", listen.to_string()),
        ("SLIPWAY_METRICS_LISTEN", "off".to_owned()),
        ("SLIPWAY_VERSION", env!("CARGO_PKG_VERSION").to_owned()),
        ("SLIPWAY_COMMIT", "0".repeat(40)),
        ("SLIPWAY_ENVIRONMENT", "local".to_owned()),
        ("SLIPWAY_DATABASE_URL", database.url("owner")),
        ("SLIPWAY_SIGNING_KEYS", key),
        ("SLIPWAY_QUEUE_URL", queue["QueueUrl"].as_str().unwrap_or_default().to_owned()),
        ("SLIPWAY_UPLOADS_BUCKET", BUCKET.to_owned()),
        ("SLIPWAY_UPLOADS_URL", format!("{}/{BUCKET}", emulator.endpoint())),
    ] {
        variables.push((name.to_owned(), value));
    }
    Ok(variables)
}

/// This program again. What it logs goes to the standard error: the standard output is for people.
fn app(variables: &[(String, String)], arguments: &[&'static str]) -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.args(arguments).envs(variables.iter().map(|(name, value)| (name, value)));
    // In a group of its own: Ctrl-C reaches this process alone, which then asks each other one to leave once.
    command.stdin(Stdio::null()).stdout(io::stderr()).process_group(0);
    command
}

fn finish(verb: &'static str, child: io::Result<Child>) -> Result<(), LocalError> {
    let spawn = |source| LocalError::Spawn { verb, source };
    let status = child.map_err(spawn)?.wait().map_err(spawn)?;
    if status.success() { Ok(()) } else { Err(LocalError::Ended { verb, status }) }
}

fn add_user(variables: &[(String, String)], password: &str) -> Result<(), LocalError> {
    let verb = "add-user";
    let mut command = app(variables, &[verb, "--email", EMAIL, "--name", "Admin"]);
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(|source| LocalError::Spawn { verb, source })?;
    if let Some(mut input) = child.stdin.take() {
        writeln!(input, "{password}").map_err(|source| LocalError::Spawn { verb, source })?;
    }
    finish(verb, Ok(child))
}

/// A process that is asked to leave when this one does, and waited for.
struct Running {
    verb: &'static str,
    child: Child,
}

impl Running {
    fn start(verb: &'static str, variables: &[(String, String)]) -> Result<Self, LocalError> {
        let child = app(variables, &[verb]).spawn().map_err(|source| LocalError::Spawn { verb, source })?;
        Ok(Self { verb, child })
    }

    fn must_run(&mut self) -> Result<(), LocalError> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(LocalError::Ended { verb: self.verb, status }),
            Err(source) => Err(LocalError::Spawn { verb: self.verb, source }),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let process = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(process) = process {
            // It fails only when the process has gone already.
            let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
        }
        let _ = self.child.wait();
    }
}

fn wait_for(listen: SocketAddr, server: &mut Running) -> Result<(), LocalError> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        server.must_run()?;
        if TcpStream::connect(listen).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(LocalError::Silent(listen))
}
