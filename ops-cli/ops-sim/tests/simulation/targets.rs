//! Target groups and listener rules.

use std::collections::BTreeMap;

use ops_engine::cloud::{CloudErrorKind, CreateListenerRule, ModifyListenerRule, Targets as _};
use ops_sim::SimulatedAccount;

use crate::scenario::{CLUSTER, TARGET_GROUP, target_group};

const LISTENER: &str = "arn:aws:elasticloadbalancing:ap-northeast-2:000000000000:listener/app/dev/1/2";

fn account() -> SimulatedAccount {
    let account = SimulatedAccount::new();
    account.create_target_group(TARGET_GROUP, target_group());
    account.create_target_group("other", target_group());
    account.create_listener(LISTENER);
    account
}

fn weights(pairs: &[(&str, u32)]) -> BTreeMap<String, u32> {
    pairs.iter().map(|(arn, weight)| ((*arn).to_owned(), *weight)).collect()
}

fn request(priority: u32) -> CreateListenerRule {
    CreateListenerRule {
        listener_arn: LISTENER.to_owned(),
        priority,
        path: "/api/*".to_owned(),
        host: Some("example.org".to_owned()),
        weights: weights(&[(TARGET_GROUP, 100), ("other", 0)]),
        tags: [("slipway:environment".to_owned(), "dev".to_owned())].into(),
    }
}

#[tokio::test(start_paused = true)]
async fn rules_are_created_changed_and_deleted() {
    let account = account();
    let second = account.create_listener_rule(&request(20)).await.expect("created");
    let first = account.create_listener_rule(&request(10)).await.expect("created");
    assert!(first.starts_with("arn:aws:elasticloadbalancing:ap-northeast-2:000000000000:listener-rule/app/dev/1/2/"));
    let rules = account.listener_rules(LISTENER).await.expect("listed");
    assert_eq!(rules.iter().map(|rule| &rule.arn).collect::<Vec<_>>(), [&first, &second], "in order of priority");
    assert_eq!((rules[0].path.as_str(), rules[0].host.as_deref()), ("/api/*", Some("example.org")));
    assert_eq!(rules[0].tags["slipway:environment"], "dev");

    let untouched = ModifyListenerRule { arn: first.clone(), priority: None, conditions: None, weights: None };
    let change = ModifyListenerRule {
        priority: Some(30),
        conditions: Some(("/*".to_owned(), None)),
        weights: Some(weights(&[(TARGET_GROUP, 1)])),
        ..untouched.clone()
    };
    account.modify_listener_rule(&untouched).await.expect("nothing");
    assert_eq!(account.listener_rules(LISTENER).await.expect("listed")[0], rules[0]);
    account.modify_listener_rule(&change).await.expect("changed");
    let changed = account.listener_rules(LISTENER).await.expect("listed").remove(1);
    assert_eq!((changed.priority, changed.path.as_str(), changed.host), (30, "/*", None));
    assert!(changed.tags.is_empty(), "nobody asks for the tags of a rule that moves no traffic");
    for _ in 0..2 {
        account.delete_listener_rule(&first).await.expect("deleted, and again");
    }
    assert!(account.modify_listener_rule(&change).await.expect_err("gone").is_not_found());
    assert_eq!(account.listener_rules(LISTENER).await.expect("listed").len(), 1);
    assert_eq!(account.container_writes().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn what_a_listener_does_not_take_is_refused() {
    let account = account();
    account.create_listener_rule(&request(1)).await.expect("created");
    let error = account.create_listener_rule(&request(1)).await.expect_err("taken");
    assert_eq!(error.kind, CloudErrorKind::Refused { code: Some("PriorityInUse".to_owned()) });
    let nowhere = CreateListenerRule { listener_arn: "arn:nothing".to_owned(), ..request(2) };
    assert!(account.create_listener_rule(&nowhere).await.expect_err("no listener").is_not_found());
    let nothing = CreateListenerRule { weights: weights(&[("arn:nothing", 1)]), ..request(2) };
    assert!(account.create_listener_rule(&nothing).await.expect_err("no group").is_not_found());
    let heavy = CreateListenerRule { weights: weights(&[("other", 1000)]), ..request(2) };
    account.create_listener_rule(&heavy).await.expect_err("too heavy");
    assert!(account.listener_rules("arn:nothing").await.expect_err("no listener").is_not_found());
}

#[tokio::test(start_paused = true)]
async fn a_rule_can_be_changed_by_hand_and_a_group_looked_at() {
    let account = account();
    let arn = account.create_listener_rule(&request(1)).await.expect("created");
    let by_hand = account.by_hand(CLUSTER);
    by_hand.change_listener_rule(&arn, |rule| rule.weights.extend(weights(&[("foreign", 50)]))).expect("there");
    assert_eq!(account.listener_rules(LISTENER).await.expect("listed")[0].weights["foreign"], 50);
    by_hand.change_listener_rule(&arn, |rule| rule.foreign = true).expect("there");
    let mut mended = ModifyListenerRule {
        arn: arn.clone(),
        priority: None,
        conditions: Some(("/*".to_owned(), None)),
        weights: None,
    };
    for (weights, foreign) in [(None, true), (Some(request(1).weights), false)] {
        mended.weights = weights;
        account.modify_listener_rule(&mended).await.expect("changed");
        let rule = account.listener_rules(LISTENER).await.expect("listed").remove(0);
        assert_eq!(rule.foreign, foreign, "what is not sent stays as it is");
    }
    by_hand.delete_listener_rule(&arn).expect("there");
    assert!(by_hand.delete_listener_rule(&arn).expect_err("gone").is_not_found());
    assert_eq!(account.target_group("other").await.expect("asked"), Some(target_group()));
    assert_eq!(account.target_group("arn:nothing").await.expect("asked"), None);
}
