use insta::assert_debug_snapshot;

use super::message::messages;
use super::*;
use crate::cloud::SecretValue;

/// What hurl 8.0.1 really wrote.
const SAID: &str = r#"error: Assert status code
  --> scenario.hurl:2:6
   |
   | GET http://127.0.0.1/version
 2 | HTTP 200
   |      ^^^ actual value is <404>
   |

error: Assert failure
  --> scenario.hurl:4:0
   |
   | GET {{url}}/version
   | ...
 4 | jsonpath "$.version" == "2.0.0"
   |   actual:   string <1.0.0>
   |   expected: string <2.0.0>
   |

error: HTTP connection
  --> scenario.hurl:1:5
   |
 1 | GET {{url}}/version
   |     ^^^^^^^^^^^^^^^ (7) Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server
   |

warning: nothing of this is about a failure
"#;

#[test]
fn every_failure_is_read_with_its_place_and_its_details() {
    assert_debug_snapshot!(messages(SAID));
    assert_eq!(messages("Killed\n"), []);
}

#[test]
fn what_is_no_report_of_a_failure_is_read_without_harm() {
    for said in ["error: ", "error: x\n  --> no place", "error: x\n --> f:1:1\n | |", "error: é\n --> :::\n9|9"] {
        assert_eq!(messages(said).len(), 1, "{said:?}");
    }
}

fn attempt(secret: &str) -> ScenarioAttempt {
    let value = SecretValue::of(secret.to_owned(), None).expect("a value");
    ScenarioAttempt {
        name: "api".to_owned(),
        text: String::new(),
        variables: Default::default(),
        secrets: [("token".to_owned(), value)].into(),
        limit: Duration::from_secs(1),
    }
}

#[test]
fn a_secret_is_blotted_out_in_every_form_that_it_may_come_back_in() {
    let blotter = blotter(&attempt("a b\"c/d"));
    for form in ["a b\"c/d", "a%20b%22c%2Fd", r#"a b\"c/d"#] {
        assert_eq!(blotter.blot(&format!("<{form}>")), "<***>");
    }
    let failure = ScenarioFailure {
        line: 1,
        column: 1,
        what: "a b\"c/d".to_owned(),
        text: "a b\"c/d".to_owned(),
        details: vec!["a b\"c/d".to_owned()],
        request: Some("GET http://x/?t=a%20b%22c%2Fd".to_owned()),
        status: Some(200),
        // At the place where it would be cut.
        body: Some(format!("{}a b\"c/d\u{1b}[31m", "x".repeat(297))),
    };
    let shown = format!("{:?}", blotted(failure, &blotter));
    assert!(!shown.contains("b\\\"c") && !shown.contains("%22c") && !shown.contains("\\u{1b}"), "{shown}");
    let lines = self::blotter(&attempt("first line\nsecond line"));
    assert_eq!(lines.blot("1 | first line\n2 | second line"), "1 | ***\n2 | ***");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_to_be_missing() {
    let settings = HurlSettings { path: Some("/nowhere".into()), ..HurlSettings::default() };
    assert!(matches!(HurlProgram::find(settings).await, Err(HurlError::NotFound)));
    assert!(matches!(HurlProgram::find(HurlSettings::default()).await, Err(HurlError::NotFound)));
}

#[tokio::test]
async fn a_program_that_is_too_old_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("hurl");
    let find = |said: &str| {
        std::fs::write(&program, format!("#!/bin/sh\necho '{said}'\n")).expect("a file");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("ours");
        let path = Some(folder.path().as_os_str().to_owned());
        HurlProgram::find(HurlSettings { path, ..HurlSettings::default() })
    };
    for said in ["hurl 7.0.2 libcurl/8", "hurl", "", "something else"] {
        let found = find(said).await;
        assert!(matches!(found, Err(HurlError::TooOld { .. })), "{said}: {found:?}");
    }
    assert_eq!(find("hurl 7.1.0 libcurl/8").await.expect("new enough").version(), "7.1.0");
}
