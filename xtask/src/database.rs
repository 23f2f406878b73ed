//! A throwaway MySQL server, on loopback alone: Debian's MariaDB, one process and one data folder for each [`Database`].

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::tool::{self, ToolError};

/// Program, the package that has it, and where it lies when it is not in everybody's `PATH`.
const SERVER: &str = "mariadbd";
const PACKAGE: &str = "mariadb-server";
const ELSEWHERE: &str = "/usr/sbin/mariadbd";

/// The database's name, and the password of its users.
pub const NAME: &str = "slipway";
pub const PASSWORD: &str = "throwaway";

/// Long enough for a machine that compiles on every core at the same time; a start takes less than a second.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Runs a program until the standard input ends, which it does however the process at its other end goes.
const UNTIL_NOBODY_WANTS_IT: &str = r#""$@" & server=$!; read -r _; kill "$server"; wait "$server""#;

#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("can't have a MySQL server: neither is there {SERVER}, nor can {PACKAGE} be installed")]
    Install(#[source] ToolError),
    #[error("can't make the server's first tables")]
    Prepare(#[source] ToolError),
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("can't have a replica follow its primary")]
    Follow(#[source] ToolError),
    #[error("can't start {SERVER}")]
    Spawn(#[source] io::Error),
    #[error("the server did not answer; its log:\n{log}")]
    Silent { log: String },
}

/// A running server with an empty database `slipway`, and a user `owner` who may do everything in it. Dropping it ends
/// the process and removes its files; it also ends when this process goes, however it goes.
#[derive(Debug)]
pub struct Database {
    child: Child,
    lifeline: Option<ChildStdin>,
    port: u16,
    folder: PathBuf,
}

/// Installs the server where it is missing.
///
/// # Errors
/// When it cannot be installed.
pub fn ensure() -> Result<(), DatabaseError> {
    if Path::new(ELSEWHERE).is_file() || tool::run(Command::new(SERVER).arg("--version")).is_ok() {
        return Ok(());
    }
    tool::apt_get_install(&[PACKAGE]).map_err(DatabaseError::Install)?;
    Ok(())
}

impl Database {
    /// Starts a server, after installing it where that is needed. `statements`: what is done in it first, each on a line
    /// that ends with a semicolon.
    ///
    /// # Errors
    /// When there is none to be had, or it does not come to answer.
    pub fn start(statements: &str) -> Result<Self, DatabaseError> {
        Self::start_with(statements, &["--skip-log-bin"])
    }

    /// The same with a log that replicas follow.
    ///
    /// # Errors
    /// When there is none to be had, or it does not come to answer.
    pub fn start_primary() -> Result<Self, DatabaseError> {
        Self::start_with("", &["--log-bin=log-bin", "--server-id=1"])
    }

    /// A server that takes over what happens in a primary from now on.
    ///
    /// # Errors
    /// When there is none to be had, or it does not come to follow.
    pub fn start_replica(primary: &Self) -> Result<Self, DatabaseError> {
        let replica = Self::start_with("", &["--skip-log-bin", "--server-id=2", "--read-only"])?;
        // What the primary has done so far, every server does when it starts.
        let position = primary.execute("SELECT @@gtid_binlog_pos").map_err(DatabaseError::Follow)?;
        let position = position.lines().last().unwrap_or_default().to_owned();
        let (port, user) = (primary.port, "MASTER_USER = 'owner'");
        let follow = format!(
            "SET GLOBAL gtid_slave_pos = '{position}'; CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port}, {user}, \
             MASTER_PASSWORD = '{PASSWORD}', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = slave_pos; START SLAVE"
        );
        replica.execute(&follow).map_err(DatabaseError::Follow)?;
        Ok(replica)
    }

    fn start_with(statements: &str, arguments: &[&str]) -> Result<Self, DatabaseError> {
        ensure()?;
        let folder = new_folder()?;
        let data = folder.join("data");
        prepare(&folder, &data).map_err(DatabaseError::Prepare)?;
        let first = folder.join("first.sql");
        let owner = format!("CREATE USER owner IDENTIFIED BY '{PASSWORD}'");
        let all = "GRANT ALL ON *.* TO owner WITH GRANT OPTION";
        fs::write(&first, format!("CREATE DATABASE {NAME};\n{owner};\n{all};\n{statements}")).map_err(at(&first))?;
        let log = folder.join("log");
        let port = free_port().map_err(DatabaseError::Spawn)?;
        let mut child = Command::new("sh")
            .args(["-c", UNTIL_NOBODY_WANTS_IT, "sh", if Path::new(ELSEWHERE).is_file() { ELSEWHERE } else { SERVER }])
            .args(["--no-defaults", "--user=root", "--bind-address=127.0.0.1", "--skip-name-resolve"])
            .args(arguments)
            .args(["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=0"])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", folder.join("socket").display()))
            .arg(format!("--pid-file={}", folder.join("pid").display()))
            .arg(format!("--init-file={}", first.display()))
            .arg(format!("--port={port}"))
            .env("TMPDIR", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(File::create(&log).map_err(at(&log))?)
            .spawn()
            .map_err(DatabaseError::Spawn)?;
        let lifeline = child.stdin.take();
        let mut database = Self { child, lifeline, port, folder };
        database.wait_until_it_answers()?;
        Ok(database)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// `mysql://<user>:throwaway@127.0.0.1:<port>/slipway`.
    #[must_use]
    pub fn url(&self, user: &str) -> String {
        format!("mysql://{user}:{PASSWORD}@{}/{NAME}", self.address())
    }

    /// Does a statement as an administrator.
    ///
    /// # Errors
    /// What the server says against it.
    pub fn execute(&self, statement: &str) -> Result<String, ToolError> {
        let port = self.port.to_string();
        tool::run(
            Command::new("mariadb")
                .args(["--no-defaults", "--host=127.0.0.1", "--user=owner", "--port", &port, NAME])
                .arg(format!("--password={PASSWORD}"))
                .args(["--execute", statement]),
        )
    }

    fn wait_until_it_answers(&mut self) -> Result<(), DatabaseError> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if greets(self.address()) {
                return Ok(());
            }
            if self.child.try_wait().map_err(DatabaseError::Spawn)?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(DatabaseError::Silent { log })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // Both fail only when nothing is left to end or to remove.
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// `temporary`: of nobody else. A server that starts removes the temporary tables that it finds there, also those of
/// another one that is at work.
fn prepare(temporary: &Path, data: &Path) -> Result<String, ToolError> {
    tool::run(
        Command::new("mariadb-install-db")
            .env("TMPDIR", temporary)
            .args(["--no-defaults", "--user=root", "--auth-root-authentication-method=normal", "--skip-test-db"])
            .args(["--innodb-log-file-size=8M"])
            .arg(format!("--datadir={}", data.display())),
    )
}

/// The server speaks first, once what it was given to do is done.
fn greets(address: SocketAddr) -> bool {
    let answered = TcpStream::connect(address).and_then(|mut connection| {
        connection.set_read_timeout(Some(Duration::from_secs(1)))?;
        connection.read(&mut [0; 1])
    });
    answered.is_ok_and(|read| read == 1)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// In the system's own temporary folder: the name of a socket has 107 bytes at most.
fn new_folder() -> Result<PathBuf, DatabaseError> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("slipway-database-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    Ok(folder)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DatabaseError {
    let path = path.to_owned();
    |source| DatabaseError::File { path, source }
}
