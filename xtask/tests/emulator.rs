//! The emulator is there when it is wanted, alone with its state, and gone afterwards.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use xtask::emulator::{Emulator, EmulatorError, EmulatorOptions};
use xtask::python_environment::{self, Kind};

/// Sends one request of the ECS API and returns the whole answer.
fn ecs(address: SocketAddr, action: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connect");
    write!(
        stream,
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-amz-json-1.1\r\n\
         X-Amz-Target: AmazonEC2ContainerServiceV20141113.{action}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("send");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("receive");
    answer
}

fn is_running(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

#[test]
fn several_at_once_share_nothing_and_leave_nothing() {
    let started = Instant::now();
    let emulators: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..3).map(|_| scope.spawn(|| Emulator::start(EmulatorOptions::default()).expect("start"))).collect();
        // Each thread that started one has ended here, and the emulator goes on: it belongs to the process.
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(started.elapsed() < Duration::from_secs(60));

    ecs(emulators[0].address(), "CreateCluster", r#"{"clusterName":"only-here"}"#);
    assert!(ecs(emulators[0].address(), "ListClusters", "{}").contains("only-here"));
    assert!(!ecs(emulators[1].address(), "ListClusters", "{}").contains("only-here"));

    let first = &emulators[0];
    assert!(first.log_file().exists());
    let environment = first.environment();
    assert!(environment.contains(&("AWS_ENDPOINT_URL".to_owned(), first.endpoint())));
    assert!(environment.contains(&("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned())));
    assert!(first.address().ip().is_loopback());

    let left: Vec<_> =
        emulators.iter().map(|emulator| (emulator.process_id(), emulator.log_file().to_owned())).collect();
    drop(emulators);
    for (process, log) in left {
        assert!(!is_running(process), "process {process} outlived its owner");
        assert!(!log.exists(), "{} was left", log.display());
    }
}

#[test]
fn a_panic_ends_it_and_keeps_its_log() {
    let seen = std::sync::Mutex::new(None);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let emulator = Emulator::start(EmulatorOptions::default()).expect("start");
        *seen.lock().expect("lock") = Some((emulator.process_id(), emulator.log_file().to_owned()));
        std::panic::resume_unwind(Box::new("a test that fails"));
    }));
    assert!(result.is_err());
    let (process, log) = seen.into_inner().expect("lock").expect("started");
    assert!(!is_running(process));
    assert!(log.exists(), "the log of a failed test is for reading");
    std::fs::remove_dir_all(log.parent().expect("a folder")).expect("clean up");
}

#[test]
fn a_taken_port_is_said_with_the_log() {
    let first = Emulator::start(EmulatorOptions::default()).expect("start");
    let error = Emulator::start(EmulatorOptions { port: first.address().port(), ..EmulatorOptions::default() })
        .expect_err("the port is taken");
    assert!(matches!(&error, EmulatorError::Ended { log, .. } if log.contains("Address already in use")), "{error}");
}

#[test]
fn the_log_goes_where_it_is_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let log_file = folder.path().join("emulator.log");
    let options = EmulatorOptions { log_file: Some(log_file.clone()), speed: 20, ..EmulatorOptions::default() };
    drop(Emulator::start(options).expect("start"));
    assert!(std::fs::read_to_string(log_file).expect("the log").contains("Ready"));
}

#[test]
fn many_that_need_the_environment_at_once_all_get_it() {
    let paths: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| python_environment::ensure(Kind::Emulator).expect("ensure"))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    for python in paths {
        let status = Command::new(python).args(["-c", "import ministack, hypercorn, docker"]).status();
        assert!(status.expect("run").success());
    }
}
