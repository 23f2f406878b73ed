//! The control plane on a real MySQL server, from empty tables to a login and past the server's end.

use std::io::Write as _;
use std::process::Stdio;

use crate::server::{PASSWORD, Server, app};
use serde_json::json;
use xtask::database::Database;

pub(crate) fn signing_key() -> String {
    let key = aws_lc_rs::signature::Ed25519KeyPair::generate().and_then(|key| key.to_pkcs8v1()).expect("a key");
    pem::encode(&pem::Pem::new("PRIVATE KEY", key.as_ref()))
}

/// Adds an administrator; how it ended, and what it said.
pub(crate) fn add_user(variables: &[(&str, &str)], email: &str) -> (Option<i32>, String) {
    let mut adding = app(variables)
        .args(["add-user", "--email", email, "--name", "Ada"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = adding.stdin.take().expect("an input");
    writeln!(input, "{PASSWORD}").expect("it reads");
    drop(input);
    let ended = adding.wait_with_output().expect("it ends");
    let log = String::from_utf8(ended.stdout).expect("UTF-8");
    assert!(!log.contains(PASSWORD) && !log.contains("throwaway"), "{log}");
    (ended.status.code(), log)
}

#[test]
fn a_user_logs_in_and_the_end_of_the_database_is_a_problem() {
    let database = Database::start("").expect("a server");
    let (url, keys) = (database.url("owner"), signing_key());
    let variables = [("SLIPWAY_DATABASE_URL", url.as_str()), ("SLIPWAY_SIGNING_KEYS", keys.as_str())];

    let (code, log) = add_user(&variables, "ada@example.com");
    assert_eq!(code, Some(1), "there are no tables yet: {log}");
    for _ in 0..2 {
        let migrated = app(&variables).arg("migrate").output().expect("the binary runs");
        assert_eq!(migrated.status.code(), Some(0), "{}", String::from_utf8_lossy(&migrated.stdout));
    }
    assert_eq!(add_user(&variables, "ada@example.com").0, Some(0));
    let (code, log) = add_user(&variables, "ada@example.com");
    assert_eq!(code, Some(1));
    assert!(log.contains("there is a user with this address already"), "{log}");

    let mut server = Server::start(&variables);
    assert_eq!(server.get("/readyz").status, 200);
    let login = server.post("/v1/sessions", &json!({"email": "ada@example.com", "password": PASSWORD}));
    assert_eq!(login.status, 201, "{}", login.body);
    let tokens = login.json();
    let refreshed = server.post("/v1/sessions/refresh", &json!({"refresh_token": tokens["refresh_token"]}));
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
    assert_eq!(server.get("/v1/users/me").status, 401);
    assert_eq!(server.get("/openapi.json").json()["openapi"], "3.1.0");
    assert_eq!(server.get("/.well-known/jwks.json").json()["keys"][0]["crv"], "Ed25519");

    drop(database);
    let unready = server.until("/readyz turns 503", |server| {
        let ready = server.get("/readyz");
        (ready.status != 200).then_some(ready)
    });
    assert_eq!((unready.status, unready.header("retry-after")), (503, Some("5")), "{}", unready.body);
    assert_eq!(unready.json()["not_ready"], json!(["database"]));
    let login = server.post("/v1/sessions", &json!({"email": "ada@example.com", "password": PASSWORD}));
    assert_eq!(login.status, 503, "{}", login.body);
    assert_eq!(server.get("/healthz").status, 200, "no reason to restart it");
    server.terminate();
    let ended = server.wait();
    assert_eq!(ended.code, Some(0));
    assert!(!ended.log.contains("throwaway") && !ended.log.contains(PASSWORD), "{}", ended.log);
}

#[test]
fn without_a_database_there_is_nothing_to_migrate() {
    let refused = app(&[]).arg("migrate").output().expect("the binary runs");
    assert_eq!(refused.status.code(), Some(1));
    let log = String::from_utf8(refused.stdout).expect("UTF-8");
    assert!(log.contains("SLIPWAY_DATABASE_URL is not set"), "{log}");
}
