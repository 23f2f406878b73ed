//! Reads from a replica that lags: what one has written oneself is there at once.

use serde_json::json;
use xtask::database::Database;

use crate::control_plane::{add_user, signing_key};
use crate::server::{Server, app};

fn build(commit: &str) -> serde_json::Value {
    json!({
        "commit": commit.repeat(40), "version": "1.4.0",
        "artifacts": [{"name": "app", "place": "registry.example/app", "digest": format!("sha256:{}", "ab".repeat(32))}],
        "test_report": {"passed": 3, "failed": 0, "skipped": 0},
    })
}

fn builds(server: &Server, token: &str) -> usize {
    let listed = server.get_as(token, "/v1/builds");
    assert_eq!(listed.status, 200, "{}", listed.body);
    listed.json()["items"].as_array().expect("a list").len()
}

#[test]
fn what_one_has_written_oneself_is_read_back_though_the_replica_lags() {
    let primary = Database::start_primary().expect("a server");
    let replica = Database::start_replica(&primary).expect("a replica");
    let (url, replica_url, keys) = (primary.url("owner"), replica.url("owner"), signing_key());
    let variables = [
        ("SLIPWAY_DATABASE_URL", url.as_str()),
        ("SLIPWAY_DATABASE_REPLICA_URL", replica_url.as_str()),
        ("SLIPWAY_SIGNING_KEYS", keys.as_str()),
    ];
    let migrated = app(&variables).arg("migrate").output().expect("the binary runs");
    assert_eq!(migrated.status.code(), Some(0), "{}", String::from_utf8_lossy(&migrated.stdout));
    for email in ["ada@example.com", "grace@example.com"] {
        assert_eq!(add_user(&variables, email).0, Some(0));
    }
    let mut server = Server::start(&variables);
    let (ada, grace) = (server.log_in("ada@example.com"), server.log_in("grace@example.com"));
    assert_eq!(server.post_as(&ada, "/v1/builds", &build("a")).status, 201);
    server.until("the replica knows of the first build", |server| (builds(server, &grace) == 1).then_some(()));

    replica.execute("STOP SLAVE SQL_THREAD").expect("stopped");
    assert_eq!(server.post_as(&ada, "/v1/builds", &build("b")).status, 201);
    assert_eq!((builds(&server, &ada), builds(&server, &grace)), (2, 1), "hers at once; others when the replica knows");
    replica.execute("START SLAVE SQL_THREAD").expect("started");
    server.until("the replica knows of the second build", |server| (builds(server, &grace) == 2).then_some(()));
}
