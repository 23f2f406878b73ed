//! A file on its way past the server: asked for, brought to a real S3 interface, confirmed.

use std::collections::BTreeMap;

use serde_json::json;
use xtask::database::Database;
use xtask::emulator::{Emulator, EmulatorOptions};

use crate::control_plane::{add_user, signing_key};
use crate::server::{Server, app};

const CONTENT: &str = "a report";
/// Of [`CONTENT`].
const SHA256: &str = "90bd35df60f1e27d2236245a4a49f73e1dfb01936f2c2159c70a2bde93eb2977";

/// Brings a file; the status.
fn put(url: &str, headers: &BTreeMap<String, String>, content: &str) -> u16 {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder().method("PUT").uri(url);
    for (name, value) in headers.iter().filter(|(name, _)| name.as_str() != "content-length") {
        request = request.header(name, value);
    }
    agent.run(request.body(content).expect("a request")).expect("an answer").status().as_u16()
}

#[test]
fn a_file_goes_to_s3_and_no_other_file_in_its_place() {
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
        ("SLIPWAY_UPLOADS_BUCKET", "files"),
        ("SLIPWAY_UPLOADS_URL", "https://files.slipway.example"),
    ]);
    let migrated = app(&variables).arg("migrate").output().expect("the binary runs");
    assert_eq!(migrated.status.code(), Some(0), "{}", String::from_utf8_lossy(&migrated.stdout));
    assert_eq!(add_user(&variables, "ada@example.com").0, Some(0));
    let server = Server::start(&variables);
    let token = server.log_in("ada@example.com");

    let wanted = json!({"name": "a report.txt", "content_type": "text/plain", "size": CONTENT.len(), "sha256": SHA256});
    let allowed = server.post_as(&token, "/v1/uploads", &wanted);
    assert_eq!(allowed.status, 201, "{}", allowed.body);
    let allowed = allowed.json();
    let id = allowed["upload"]["id"].as_str().expect("an id").to_owned();
    let confirm = || server.post_as(&token, &format!("/v1/uploads/{id}/confirm"), &json!({}));
    assert_eq!(confirm().status, 409);
    let put_url = allowed["put_url"].as_str().expect("a URL");
    let headers: BTreeMap<String, String> = serde_json::from_value(allowed["headers"].clone()).expect("headers");
    assert_eq!(put(put_url, &headers, "a longer one"), 403, "the length is signed");
    assert_eq!(put(put_url, &headers, "another!"), 400, "S3 sees that it is another file");
    assert_eq!(confirm().status, 409);
    assert_eq!(put(put_url, &headers, CONTENT), 200);
    let confirmed = confirm();
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    assert_eq!(confirmed.json()["url"], format!("https://files.slipway.example/uploads/{id}/a%20report.txt"));
    assert_eq!(put(put_url, &headers, CONTENT), 412, "what lies there is not written over");
}
