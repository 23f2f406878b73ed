//! Every route, every role, and nobody.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::json;
use ulid::Ulid;

use super::{App, text};
use crate::api::openapi;
use crate::identity::{Place, Role};

/// The least role that each operation takes: in the environment that its path names, in any environment where it is of none,
/// and else in all of them. `None`: none but a login.
fn least_roles() -> BTreeMap<&'static str, Option<Role>> {
    BTreeMap::from([
        ("list_sessions", None),
        ("end_session", None),
        ("show_me", None),
        ("change_password", None),
        ("list_tokens", None),
        ("create_token", None),
        ("revoke_token", None),
        ("list_environments", None),
        ("list_users", Some(Role::Admin)),
        ("show_user", Some(Role::Admin)),
        ("update_user", Some(Role::Admin)),
        ("create_invitation", Some(Role::Admin)),
        ("delete_user", Some(Role::Admin)),
        ("list_audit_events", Some(Role::Admin)),
        ("list_builds", Some(Role::Viewer)),
        ("show_build", Some(Role::Viewer)),
        ("create_build", Some(Role::Deployer)),
        ("list_uploads", Some(Role::Viewer)),
        ("show_upload", Some(Role::Viewer)),
        ("create_upload", Some(Role::Deployer)),
        ("confirm_upload", Some(Role::Deployer)),
        ("delete_upload", Some(Role::Deployer)),
        ("show_environment", Some(Role::Viewer)),
        ("report_environment", Some(Role::Deployer)),
        ("list_deployments", Some(Role::Viewer)),
        ("show_deployment", Some(Role::Viewer)),
        ("export_deployments", Some(Role::Viewer)),
        ("create_deployment", Some(Role::Deployer)),
        ("list_promotions", Some(Role::Viewer)),
        ("show_promotion", Some(Role::Viewer)),
        ("create_promotion", Some(Role::Deployer)),
        ("replan_promotion", Some(Role::Deployer)),
        ("withdraw_promotion", Some(Role::Deployer)),
        ("approve_promotion", Some(Role::Approver)),
        ("list_freezes", Some(Role::Viewer)),
        ("create_freeze", Some(Role::Deployer)),
        ("lift_freeze", Some(Role::Approver)),
        ("list_holds", Some(Role::Viewer)),
        ("create_hold", Some(Role::Deployer)),
        ("lift_hold", Some(Role::Approver)),
    ])
}

/// Operations that nobody has to be known for.
const OPEN: [&str; 6] = [
    "create_session",
    "refresh_session",
    "show_public_keys",
    "accept_invitation",
    "create_password_reset",
    "complete_password_reset",
];

/// Operations of no environment, for which a role in any of them is enough.
const OF_NO_ENVIRONMENT: [&str; 8] = [
    "list_builds",
    "show_build",
    "create_build",
    "list_uploads",
    "show_upload",
    "create_upload",
    "confirm_upload",
    "delete_upload",
];

#[tokio::test]
async fn every_route_is_open_to_those_who_may_and_to_nobody_else() {
    let app = App::start();
    let mut callers = vec![(None, String::new())];
    for role in Role::ALL {
        for place in ["*", "dev", "prod"] {
            let place: Place = place.parse().expect("a place");
            let token = app.caller(role, place.clone()).await;
            callers.push((Some((place, role)), token));
        }
    }
    let (least, document) = (least_roles(), openapi());
    let mut seen = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let name = text(operation, "operationId");
            if OPEN.contains(&name) {
                assert!(operation.get("security").is_none(), "{name}");
                continue;
            }
            assert_eq!(operation["security"], json!([{"bearer": []}]), "{name}");
            let needs = least.get(name).unwrap_or_else(|| panic!("who may {name}?"));
            let environment = path.contains("{environment}").then(|| Place::Environment("dev".to_owned()));
            let path = path.replace("{id}", &Ulid::generate().to_string()).replace("{environment}", "dev");
            for (who, token) in &callers {
                let answer = app.ask(&method.to_uppercase(), &path, token, json!({})).await;
                let allowed = match (who, needs) {
                    (None, _) => {
                        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
                        continue;
                    }
                    (Some(_), None) => true,
                    (Some((place, role)), Some(least)) => {
                        let holds = *place == Place::Everywhere
                            || Some(place) == environment.as_ref()
                            || OF_NO_ENVIRONMENT.contains(&name);
                        holds && role >= least
                    }
                };
                assert_eq!(answer.status != StatusCode::FORBIDDEN, allowed, "{name} by {who:?}: {answer:?}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, least.len() * 12, "every operation in the list is there");
}
