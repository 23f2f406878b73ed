//! The server and the worker as processes, on a real MySQL server and the emulator's SQS: mails arrive, and nothing is lost.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use xtask::database::Database;
use xtask::emulator::{Emulator, EmulatorOptions};

use crate::control_plane::{add_user, signing_key};
use crate::server::{Server, app};

const PATIENCE: Duration = Duration::from_secs(60);

/// Takes every mail that it is given (RFC 5321, as much as a client without TLS uses).
#[derive(Clone, Default)]
struct MailServer(Arc<Mutex<Vec<String>>>);

impl MailServer {
    fn start() -> (Self, String) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let server = Self::default();
        let taken = server.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let taken = taken.clone();
                // A client that goes away in the middle has handed in nothing.
                std::thread::spawn(move || taken.talk(connection).ok());
            }
        });
        (server, url)
    }

    fn talk(&self, mut connection: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(connection.try_clone()?).lines();
        connection.write_all(b"220 here\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "DATA" => {
                    connection.write_all(b"354 go on\r\n")?;
                    let mail: Result<Vec<_>, _> =
                        lines.by_ref().take_while(|line| line.as_ref().is_ok_and(|line| line != ".")).collect();
                    self.0.lock().expect("nobody panicked").push(mail?.join("\n"));
                    "250 taken"
                }
                "QUIT" => "221 goodbye",
                _ => "250 fine",
            };
            connection.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }

    fn mails(&self) -> Vec<String> {
        // Quoted-printable (RFC 2045, section 6.7) breaks lines and spells `=` out.
        let mails = self.0.lock().expect("nobody panicked").clone();
        mails.into_iter().map(|mail| mail.replace("=\n", "").replace("=3D", "=")).collect()
    }
}

struct Stage {
    database: Database,
    _emulator: Emulator,
    mails: MailServer,
    variables: Vec<(String, String)>,
}

impl Stage {
    fn set() -> Self {
        let database = Database::start("").expect("a server");
        let emulator = Emulator::start(EmulatorOptions::default()).expect("an emulator");
        let queue = emulator.json_call("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": "jobs"})).expect("a queue");
        let (mails, smtp_url) = MailServer::start();
        let mut variables = emulator.environment();
        for (name, value) in [
            ("SLIPWAY_DATABASE_URL", database.url("owner")),
            ("SLIPWAY_SIGNING_KEYS", signing_key()),
            ("SLIPWAY_QUEUE_URL", queue["QueueUrl"].as_str().expect("a URL").to_owned()),
            ("SLIPWAY_SMTP_URL", smtp_url),
            ("SLIPWAY_MAIL_FROM", "Slipway <slipway@example.com>".to_owned()),
            ("SLIPWAY_PUBLIC_URL", "https://slipway.example/".to_owned()),
        ] {
            variables.push((name.to_owned(), value));
        }
        let stage = Self { database, _emulator: emulator, mails, variables };
        let migrated = app(&stage.variables()).arg("migrate").output().expect("the binary runs");
        assert_eq!(migrated.status.code(), Some(0), "{}", String::from_utf8_lossy(&migrated.stdout));
        assert_eq!(add_user(&stage.variables(), "ada@example.com").0, Some(0));
        stage
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn worker(&self) -> Worker {
        Worker(app(&self.variables()).arg("worker").stdout(Stdio::null()).spawn().expect("the binary starts"))
    }

    /// As when the time has come at which a message that was lost is sent again, and a lease of a killed worker is over.
    fn let_time_pass(&self) {
        let statement = "UPDATE jobs SET due_at = UTC_TIMESTAMP(6) WHERE state IN ('running', 'sent')";
        self.database.execute(statement).expect("executed");
    }
}

/// `app worker`, killed when it is dropped.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        // Both fail only if the process has already ended, which is what they are for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn invite(server: &Server, token: &str, name: &str) -> Value {
    let invitation = json!({"email": format!("{name}@example.com"), "name": name, "roles": []});
    let invited = server.post_as(token, "/v1/invitations", &invitation);
    assert_eq!(invited.status, 201, "{}", invited.body);
    invited.json()
}

/// The secret of the link in the mail to somebody.
fn link(mails: &[String], to: &str) -> Option<String> {
    let mail = mails.iter().find(|mail| mail.contains(&format!("To: {to} <{to}@example.com>")))?;
    mail.split("#token=").nth(1)?.split_whitespace().next().map(str::to_owned)
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn somebody_who_is_invited_chooses_a_password_and_another_one_when_they_forget_it() {
    let stage = Stage::set();
    let server = Server::start(&stage.variables());
    let mut worker = stage.worker();
    let token = server.log_in("ada@example.com");
    invite(&server, &token, "grace");
    let secret = until("the mail comes", || link(&stage.mails.mails(), "grace"));
    let log_in = |password: &str| {
        server.post("/v1/sessions", &json!({"email": "grace@example.com", "password": password})).status
    };
    let accept = |secret: &str, password: &str| {
        server.post("/v1/invitations/accept", &json!({"token": secret, "password": password})).status
    };
    assert_eq!(log_in("staple horse battery"), 401);
    assert_eq!(accept("nonsense", "staple horse battery"), 403);
    assert_eq!(accept(&secret, "staple horse battery"), 204);
    assert_eq!(accept(&secret, "battery staple horse"), 403, "a link is good once");
    assert_eq!(log_in("staple horse battery"), 201);

    let before = stage.mails.mails().len();
    for address in ["nobody@example.com", "grace@example.com"] {
        let asked = server.post("/v1/password-resets", &json!({"email": address}));
        assert_eq!((asked.status, asked.body.as_str()), (202, ""), "{address}");
    }
    let secret = until("the mail comes", || {
        let mails = stage.mails.mails();
        link(mails.get(before..)?, "grace")
    });
    let complete = |path: &str| server.post(path, &json!({"token": secret, "password": "battery staple horse"})).status;
    assert_eq!(complete("/v1/invitations/accept"), 403, "the link is of another purpose");
    assert_eq!(complete("/v1/password-resets/complete"), 204);
    assert_eq!((log_in("staple horse battery"), log_in("battery staple horse")), (401, 201));
    assert_eq!(stage.mails.mails().len(), before + 1, "nobody else was mailed");

    let process = Pid::from_raw(i32::try_from(worker.0.id()).expect("a process id")).expect("a process id");
    kill_process(process, Signal::TERM).expect("the process is there");
    assert_eq!(worker.0.wait().expect("it ends").code(), Some(0));
}

/// Whoever got a 2xx is mailed, though workers and servers are killed again and again.
#[test]
fn nothing_is_lost_though_workers_and_servers_are_killed() {
    let stage = Stage::set();
    let mut server = Server::start(&stage.variables());
    let token = server.log_in("ada@example.com");
    let names: Vec<String> = (0..24).map(|number| format!("user-{number}")).collect();
    let mut worker = stage.worker();
    for (number, name) in names.iter().enumerate() {
        invite(&server, &token, name);
        if number % 6 == 5 {
            drop(worker);
            worker = stage.worker();
        }
        if number % 8 == 7 {
            drop(server);
            server = Server::start(&stage.variables());
        }
    }
    until("everybody is mailed", || {
        let mails = stage.mails.mails();
        let all = names.iter().all(|name| link(&mails, name).is_some());
        if !all {
            stage.let_time_pass();
        }
        all.then_some(())
    });
}

#[test]
fn failed_jobs_are_listed_and_tried_again() {
    let mut stage = Stage::set();
    let smtp_url = stage.variables.iter().position(|(name, _)| name == "SLIPWAY_SMTP_URL").expect("it is there");
    let smtp_url = stage.variables.remove(smtp_url);
    let server = Server::start(&stage.variables());
    let worker = stage.worker();
    invite(&server, &server.log_in("ada@example.com"), "grace");
    let queue = |stage: &Stage, arguments: &[&str]| {
        let ended = app(&stage.variables()).arg("queue").args(arguments).output().expect("the binary runs");
        (ended.status.code(), String::from_utf8(ended.stdout).expect("UTF-8"))
    };
    let listed = until("the job has failed", || {
        let (code, lines) = queue(&stage, &["list"]);
        assert_eq!(code, Some(0), "{lines}");
        lines.lines().next().map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
    });
    assert_eq!(listed["kind"], "send_invitation");
    assert_eq!(listed["error"], "SLIPWAY_SMTP_URL is not set: set it, then retry");
    drop(worker);

    stage.variables.push(smtp_url);
    let (code, log) = queue(&stage, &["retry", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]);
    assert_eq!(code, Some(1));
    assert!(log.contains("no job with the id 01ARZ3NDEKTSV4RRFFQ69G5FAV has failed"), "{log}");
    assert_eq!(queue(&stage, &["retry", listed["id"].as_str().expect("an id")]).0, Some(0));
    let _worker = stage.worker();
    until("the mail comes", || {
        // The queue may have given the message to the worker that was killed.
        stage.let_time_pass();
        link(&stage.mails.mails(), "grace")
    });
}
