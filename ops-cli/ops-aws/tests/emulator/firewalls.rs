//! Security groups.

use std::collections::BTreeMap;

use ops_engine::cloud::AuthorizeRule;
use ops_model::security_group::{Direction, Peer, Permission};

use crate::fixture::Fixture;

#[tokio::test]
async fn a_rule_is_added_changed_in_place_and_removed() {
    let fixture = Fixture::start().await;
    let sdk = aws_sdk_ec2::Client::new(&fixture.sdk);
    let group = async |name: &str| {
        let created = sdk.create_security_group().group_name(name).description(name).send().await;
        created.expect("a group").group_id.expect("an id")
    };
    let (api, balancer, worker) = (group("api").await, group("balancer").await, group("worker").await);
    let firewalls = &fixture.cloud.firewalls;
    let asked = [api.clone(), "sg-00000000000000000".to_owned()];
    let rules = firewalls.rules(&asked).await.expect("rules");
    assert_eq!(rules.keys().collect::<Vec<_>>(), [&api], "what is not there is not in the answer");
    let everywhere = Permission::all_traffic(Direction::Egress, Peer::anyone());
    assert_eq!(rules[&api].iter().map(|rule| &rule.permission).collect::<Vec<_>>(), [&everywhere]);

    let from = |group: &str| Permission::tcp(Direction::Ingress, (8080, 8080), Peer::Group(group.to_owned()));
    let wanted = AuthorizeRule {
        permission: from(&balancer),
        description: "why".to_owned(),
        tags: BTreeMap::from([("Name".to_owned(), "api from load_balancer port 8080".to_owned())]),
    };
    let id = firewalls.authorize(&api, &wanted).await.expect("added");
    let twice = firewalls.authorize(&api, &wanted).await.expect_err("it is there");
    assert!(twice.is_already_there(), "{twice:?}");
    firewalls.modify(&api, &id, &from(&worker), "another").await.expect("changed");
    let rules = firewalls.rules(&asked).await.expect("rules");
    let changed = rules[&api].iter().find(|rule| rule.id == id).expect("it kept its id");
    assert_eq!((&changed.permission, changed.description.as_deref()), (&from(&worker), Some("another")));
    assert_eq!(changed.tags, wanted.tags);
    let range = Permission { peer: Peer::anyone(), ..from(&worker) };
    firewalls.modify(&api, &id, &range, "another").await.expect_err("another sort of source");

    firewalls.revoke(&api, Direction::Ingress, &id).await.expect("removed");
    firewalls.revoke(&api, Direction::Ingress, &id).await.expect("already gone");
    for rule in firewalls.rules(&asked).await.expect("rules")[&api].clone() {
        firewalls.revoke(&api, rule.permission.direction, &rule.id).await.expect("removed");
    }
    let rules = firewalls.rules(&asked).await.expect("rules");
    assert_eq!(rules.get(&api), Some(&Vec::new()), "a group without rules is there all the same");
}
