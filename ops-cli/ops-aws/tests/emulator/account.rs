//! How an account is reached: region, credentials, endpoint.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::fixture::{Fixture, REGION, loader};
use ops_aws::{Account, DocumentCache, Options};
use ops_engine::cloud::CloudErrorKind;
use xtask::emulator::{Emulator, EmulatorOptions};

#[tokio::test]
async fn the_caller_is_known_and_counted() {
    let fixture = Fixture::start().await;
    let caller = fixture.cloud.identity.caller().await.expect("an identity");
    assert_eq!(caller.account, "000000000000");
    assert!(caller.arn.starts_with("arn:aws:"), "{caller:?}");
    assert_eq!(fixture.cloud.calls.calls()["sts:GetCallerIdentity"], 1);
    assert_eq!(fixture.account.attempts()["sts:GetCallerIdentity"], 1);
}

#[tokio::test]
async fn a_closed_port_is_unreachable_soon_and_named() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("an address").port()
    };
    let endpoint = format!("http://127.0.0.1:{port}");
    let account = Account::load(loader(&endpoint), REGION.to_owned(), DocumentCache::Off).await;
    let started = Instant::now();
    let error = account.cloud().identity.caller().await.expect_err("nobody listens");
    assert_eq!(error.kind, CloudErrorKind::Unreachable { endpoint: Some(endpoint) });
    assert!(started.elapsed() < Duration::from_secs(10), "took {:?}", started.elapsed());
    assert_eq!(account.cloud().calls.calls()["sts:GetCallerIdentity"], 1);
    assert!(account.attempts()["sts:GetCallerIdentity"] > 1, "it is tried again");
}

/// What the standard AWS chain makes of an environment, in a process of its own: a test cannot set variables of its
/// own process safely.
fn connect_in(environment: &[(String, String)]) -> String {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "account::connects_by_its_environment", "--ignored", "--nocapture"])
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(environment.iter().cloned())
        .output()
        .expect("a process");
    let output = String::from_utf8(output.stdout).expect("text");
    let line = output.lines().find_map(|line| line.split_once("result: ")).expect("a result");
    line.1.to_owned()
}

#[tokio::test]
#[ignore = "started by the other tests, with an environment of their own"]
async fn connects_by_its_environment() {
    let options = Options { region: REGION.to_owned(), profile: None, document_cache: DocumentCache::Off };
    let result = match Account::connect(options).await {
        Ok(account) => match account.cloud().identity.caller().await {
            Ok(caller) => format!("account {} at {:?}", caller.account, account.endpoint()),
            Err(error) => format!("{:?}: {}", error.kind, error.message),
        },
        Err(mismatch) => mismatch.to_string(),
    };
    println!("\nresult: {result}");
}

fn variables(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn endpoint_and_credentials_come_from_the_environment() {
    let options = EmulatorOptions { region: REGION.to_owned(), ..EmulatorOptions::default() };
    let emulator = Emulator::start(options).expect("an emulator");
    let expected = format!("account 000000000000 at {:?}", Some(emulator.endpoint()));
    assert_eq!(connect_in(&emulator.environment()), expected);
}

#[test]
fn no_credentials_are_told_from_refused_ones() {
    // Nothing listens there: without credentials nothing is sent.
    let result = connect_in(&variables(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]));
    assert_eq!(result, "NoCredentials: no AWS credentials were found");
}

#[test]
fn another_region_in_environment_or_profile_is_refused() {
    let mismatch = format!("the AWS settings say region us-east-1, the declaration says {REGION}");
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        assert_eq!(connect_in(&variables(&[(name, "us-east-1")])), mismatch);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config");
    std::fs::write(&file, "[profile elsewhere]\nregion = us-east-1\n").expect("a file");
    let file = file.to_str().expect("a path");
    assert_eq!(connect_in(&variables(&[("AWS_CONFIG_FILE", file), ("AWS_PROFILE", "elsewhere")])), mismatch);
}
