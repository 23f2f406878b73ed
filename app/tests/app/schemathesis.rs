//! Whatever the description allows, and what it does not, asked of the real server by schemathesis: no answer is a fault of
//! the server's or of another status or shape than described. `app/schemathesis.toml` says how.

use std::process::{Command, Stdio};

use serde_json::json;
use xtask::database::Database;
use xtask::emulator::{Emulator, EmulatorOptions};
use xtask::python_environment::{self, Kind};

use crate::control_plane::{add_user, signing_key};
use crate::server::{Server, app};

#[test]
fn nothing_that_can_be_asked_is_answered_otherwise_than_described() {
    let python = python_environment::ensure(Kind::Schemathesis).expect("schemathesis");
    let database = Database::start("").expect("a server");
    let emulator = Emulator::start(EmulatorOptions::default()).expect("an emulator");
    emulator.create_bucket("files").expect("a bucket");
    let (url, keys) = (database.url("owner"), signing_key());
    let environment = emulator.environment();
    let mut variables: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    variables.extend([
        ("SLIPWAY_DATABASE_URL", url.as_str()),
        ("SLIPWAY_SIGNING_KEYS", keys.as_str()),
        ("SLIPWAY_ADDRESS_RATE", "100000"),
        ("SLIPWAY_IDENTITY_RATE", "100000"),
        ("SLIPWAY_LOGIN_RATE", "100000"),
        // Nobody reads the log meanwhile: a full pipe would hold the server up.
        ("SLIPWAY_LOG", "off,app::command::serve=info"),
        ("SLIPWAY_UPLOADS_BUCKET", "files"),
        ("SLIPWAY_UPLOADS_URL", "https://files.slipway.example"),
    ]);
    let migrated = app(&variables).arg("migrate").output().expect("the binary runs");
    assert_eq!(migrated.status.code(), Some(0), "{}", String::from_utf8_lossy(&migrated.stdout));
    assert_eq!(add_user(&variables, "ada@example.com").0, Some(0));
    let server = Server::start(&variables);
    let token = server.log_in("ada@example.com");
    // There is something to be found.
    let status = json!({
        "declared_commit": "0".repeat(40), "declared": [], "running": [], "sync": "in_sync", "health": "healthy",
        "drift": [], "gates": [], "approvals_needed": 1, "observed_at": "2026-01-01T00:00:00Z",
    });
    assert_eq!(server.put_as(&token, "/v1/environments/dev", &status).status, 200);

    let folder = tempfile::tempdir().expect("a folder");
    let ended = Command::new(python.with_file_name("schemathesis"))
        .arg("--config-file")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/schemathesis.toml"))
        .args(["run", &format!("http://{}/openapi.json", server.address()), "--checks", "all", "--no-color"])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--continue-on-failure",
            "--header",
            &format!("Authorization: Bearer {token}"),
        ])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("schemathesis runs");
    let report = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(0), "{report}{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(server.get_as(&token, "/v1/users/me").status, 200, "the session is as it was:\n{report}");
}
