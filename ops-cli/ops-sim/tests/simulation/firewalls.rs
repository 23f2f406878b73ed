//! Security groups.

use std::collections::BTreeMap;

use ops_engine::cloud::{AuthorizeRule, CloudErrorKind, Firewalls as _};
use ops_model::platform::Platform;
use ops_model::security_group::{Direction, Peer, Permission};
use ops_sim::SimulatedAccount;
use serde_json::{Value, json};

use crate::scenario::CLUSTER;

fn tcp(port: u16, peer: Peer) -> Permission {
    Permission::tcp(Direction::Ingress, (port, port), peer)
}

fn rule(permission: Permission) -> AuthorizeRule {
    AuthorizeRule { permission, description: "why".to_owned(), tags: BTreeMap::new() }
}

fn group(id: &str) -> Peer {
    Peer::Group(id.to_owned())
}

#[tokio::test(start_paused = true)]
async fn what_aws_refuses_is_refused() {
    let account = SimulatedAccount::new();
    account.by_hand(CLUSTER).create_security_group("sg-1");
    let id = account.authorize("sg-1", &rule(tcp(80, Peer::anyone()))).await.expect("added");
    let twice = account.authorize("sg-1", &rule(tcp(80, Peer::anyone()))).await.expect_err("twice");
    assert!(twice.is_already_there(), "{twice:?}");
    for (place, permission) in [("sg-2", tcp(80, Peer::anyone())), ("sg-1", tcp(80, group("sg-2")))] {
        let error = account.authorize(place, &rule(permission)).await.expect_err("no such group");
        assert!(error.is_not_found(), "{error:?}");
    }
    let error = account.modify("sg-1", &id, &tcp(80, group("sg-1")), "why").await.expect_err("another sort");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("InvalidParameterValue".to_owned()) });
    let error = account.modify("sg-1", "sgr-0", &tcp(81, Peer::anyone()), "why").await.expect_err("no such rule");
    assert!(error.is_not_found(), "{error:?}");
    account.modify("sg-1", &id, &tcp(81, Peer::anyone()), "why").await.expect("changed");
    account.revoke("sg-1", Direction::Ingress, &id).await.expect("removed");
    account.revoke("sg-1", Direction::Ingress, &id).await.expect("already gone");
    let asked = ["sg-1".to_owned(), "sg-2".to_owned()];
    assert_eq!(account.rules(&asked).await.expect("rules"), BTreeMap::from([("sg-1".to_owned(), Vec::new())]));
}

fn platform(firewall: &Value) -> Platform {
    serde_json::from_value(json!({
        "version": 3, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
        "declaration_sha256": "", "vpc_id": "vpc-1", "applied_from": {"firewall": firewall},
        "security_groups": {"load_balancer": "sg-1", "api": "sg-2", "database": "sg-3"},
        "cluster": {"name": "dev", "arn": "cluster", "namespace_arn": "namespace"},
        "repositories": {}, "services": {}, "tasks": {}, "queues": {}, "sites": {}, "uploads": {},
    }))
    .expect("a platform")
}

#[tokio::test(start_paused = true)]
async fn terraform_makes_the_declared_rules_and_keeps_others_but_on_the_database() {
    let account = SimulatedAccount::new();
    let database = json!([{"from": "api", "port": 3306}]);
    let before = json!({"api": [{"from": "load_balancer", "port": 80}], "database": database});
    account.provision(&platform(&before), "dev-ops").expect("provisioned");
    let by_hand = account.by_hand(CLUSTER);
    let permissions = |id: &str| by_hand.rules(id).into_iter().map(|rule| rule.permission).collect::<Vec<_>>();
    let out = Permission::all_traffic(Direction::Egress, Peer::anyone());
    let to_api = Permission { direction: Direction::Egress, ..tcp(80, group("sg-2")) };
    assert_eq!(permissions("sg-1"), [to_api]);
    assert_eq!(permissions("sg-2"), [tcp(80, group("sg-1")), out.clone()]);
    assert_eq!(permissions("sg-3"), [tcp(3306, group("sg-2"))]);

    for id in ["sg-2", "sg-3"] {
        by_hand.open(id, tcp(22, Peer::anyone()), "by hand").expect("opened");
    }
    let after = json!({"api": [{"from": "load_balancer", "port": 81, "to_port": 82}], "database": database});
    account.provision(&platform(&after), "dev-ops").expect("provisioned again");
    let range = Permission::tcp(Direction::Ingress, (81, 82), group("sg-1"));
    assert_eq!(permissions("sg-2"), [out, tcp(22, Peer::anyone()), range]);
    assert_eq!(permissions("sg-3"), [tcp(3306, group("sg-2"))]);
}
