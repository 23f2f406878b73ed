//! The binary as a child process on a port of its own, and a small client for it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
pub(crate) const PASSWORD: &str = "correct horse battery";
const PATIENCE: Duration = Duration::from_secs(30);

/// The binary with a whole configuration of its own and nothing of this process's environment.
pub(crate) fn app(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_app"));
    command
        .env_clear()
        .env("SLIPWAY_LISTEN", "127.0.0.1:0")
        .env("SLIPWAY_METRICS_LISTEN", "off")
        .env("SLIPWAY_VERSION", "1.0.0")
        .env("SLIPWAY_COMMIT", COMMIT)
        .env("SLIPWAY_ENVIRONMENT", "dev")
        .envs(variables.iter().copied());
    command
}

pub(crate) struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: ureq::http::HeaderMap,
    pub(crate) body: String,
}

/// How the process ended, and what it logged from its readiness on.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) log: String,
}

impl Server {
    /// Started and listening.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let mut child = app(variables).arg("serve").stdout(Stdio::piped()).spawn().expect("the binary starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut first = String::new();
        output.read_line(&mut first).expect("its first line");
        let line: serde_json::Value = serde_json::from_str(&first).expect("a line of JSON");
        assert_eq!(line["message"], "listening", "{first}");
        let address = line["address"].as_str().expect("an address");
        let metrics_address = line["metrics_address"].as_str().map(|address| address.parse().expect("an address"));
        Self { child, output, address: address.parse().expect("an address"), metrics_address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.address).expect("a connection");
        connection.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        connection
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        Self::request(self.address, "GET", path, "", headers)
    }

    /// What Prometheus is told.
    pub(crate) fn metrics(&self) -> Answer {
        Self::request(self.metrics_address.expect("it measures"), "GET", "/metrics", "", &[])
    }

    pub(crate) fn post(&self, path: &str, body: &serde_json::Value) -> Answer {
        Self::request(self.address, "POST", path, &body.to_string(), &[])
    }

    pub(crate) fn post_as(&self, token: &str, path: &str, body: &serde_json::Value) -> Answer {
        let token = format!("Bearer {token}");
        Self::request(self.address, "POST", path, &body.to_string(), &[("authorization", &token)])
    }

    pub(crate) fn put_as(&self, token: &str, path: &str, body: &serde_json::Value) -> Answer {
        let token = format!("Bearer {token}");
        Self::request(self.address, "PUT", path, &body.to_string(), &[("authorization", &token)])
    }

    pub(crate) fn get_as(&self, token: &str, path: &str) -> Answer {
        self.get_with(path, &[("authorization", &format!("Bearer {token}"))])
    }

    /// The access token of somebody with [`PASSWORD`].
    pub(crate) fn log_in(&self, email: &str) -> String {
        let tokens = self.post("/v1/sessions", &serde_json::json!({"email": email, "password": PASSWORD}));
        assert_eq!(tokens.status, 201, "{}", tokens.body);
        tokens.json()["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn send(&self, method: &str, path: &str) -> Answer {
        Self::request(self.address, method, path, "", &[])
    }

    /// One request on a connection of its own.
    fn request(address: SocketAddr, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{address}{path}"))
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let mut response = agent.run(request).expect("an answer");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.body_mut().read_to_string().expect("a body"),
        }
    }

    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub(crate) fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    fn signal(&self, signal: Signal) {
        let process = i32::try_from(self.child.id()).expect("a process id");
        let process = Pid::from_raw(process).expect("a process id");
        kill_process(process, signal).expect("the process is there");
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// What `look` finds, asked again until it finds something.
    pub(crate) fn until<T>(&mut self, what: &str, mut look: impl FnMut(&mut Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn wait(&mut self) -> Ended {
        let status = self.until("the process ends", |server| server.child.try_wait().expect("its state"));
        let mut log = String::new();
        self.output.read_to_string(&mut log).expect("its log");
        Ended { code: status.code(), log }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("a body of JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if the process has already ended, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
