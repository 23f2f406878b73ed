use aws_sdk_elasticloadbalancingv2::types::TargetGroupStickinessConfig;
use ops_engine::cloud::{CreateListenerRule, ModifyListenerRule};

use super::*;
use crate::wire::Wire;

fn weighted(weights: &[(&str, u32)]) -> BTreeMap<String, u32> {
    weights.iter().map(|(arn, weight)| ((*arn).to_owned(), *weight)).collect()
}

fn rule() -> Rule {
    Rule::builder()
        .rule_arn("rule/1")
        .priority("10")
        .set_conditions(Some(conditions("/api/*", Some("api.example.com"))))
        .actions(forward(&weighted(&[("blue", 90), ("green", 10)])))
        .build()
}

fn foreign(change: impl FnOnce(&mut Rule)) -> bool {
    let mut rule = rule();
    change(&mut rule);
    from_sdk(&rule).expect("readable").foreign
}

#[test]
fn a_rule_of_ours_reads_back() {
    let expected = ListenerRule {
        arn: "rule/1".to_owned(),
        priority: 10,
        path: "/api/*".to_owned(),
        host: Some("api.example.com".to_owned()),
        weights: weighted(&[("blue", 90), ("green", 10)]),
        foreign: false,
        tags: BTreeMap::new(),
    };
    assert_eq!(from_sdk(&rule()), Ok(expected));
}

#[test]
fn the_short_forms_say_the_same() {
    let mut short = rule();
    let path = RuleCondition::builder().field(PATH).values("/").build();
    let action = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn("blue").build();
    (short.conditions, short.actions) = (Some(vec![path]), Some(vec![action]));
    let read = from_sdk(&short).expect("readable");
    assert_eq!(
        (read.path.as_str(), read.host, read.weights, read.foreign),
        ("/", None, weighted(&[("blue", 1)]), false)
    );
}

#[test]
fn whatever_else_a_rule_does_is_foreign() {
    assert!(!foreign(|_| ()));
    assert!(foreign(|rule| rule.conditions = Some(conditions("/", None).split_off(1))), "no path");
    assert!(foreign(|rule| rule
        .conditions
        .as_mut()
        .expect("conditions")
        .push(RuleCondition::builder().field("source-ip").build())));
    let two = PathPatternConditionConfig::builder().values("/a").values("/b").build();
    assert!(foreign(|rule| rule.conditions.as_mut().expect("conditions")[0].path_pattern_config = Some(two)));
    let pattern = PathPatternConditionConfig::builder().values("/a").regex_values("^/b").build();
    assert!(foreign(|rule| rule.conditions.as_mut().expect("conditions")[0].path_pattern_config = Some(pattern)));
    assert!(foreign(|rule| rule.actions = Some(vec![Action::builder().r#type(ActionTypeEnum::Redirect).build()])));
    let login = Action::builder().r#type(ActionTypeEnum::AuthenticateOidc).build();
    assert!(foreign(|rule| rule.actions.as_mut().expect("actions").insert(0, login)));
    let sticky = TargetGroupStickinessConfig::builder().enabled(true).build();
    assert!(foreign(|rule| {
        let forward = rule.actions.as_mut().expect("actions")[0].forward_config.as_mut().expect("it forwards");
        forward.target_group_stickiness_config = Some(sticky);
    }));
}

const MEMBER: &str = "<member>";

#[tokio::test]
async fn rules_are_read_over_pages_with_the_tags_of_those_that_move_traffic() {
    let rule = |number: u32, groups: &[&str]| {
        let groups: String = groups
            .iter()
            .map(|arn| format!("{MEMBER}<TargetGroupArn>{arn}</TargetGroupArn><Weight>1</Weight></member>"))
            .collect();
        format!(
            "{MEMBER}<RuleArn>rule/{number}</RuleArn><Priority>{number}</Priority><IsDefault>false</IsDefault><Actions>{MEMBER}<Type>forward</Type><ForwardConfig><TargetGroups>{groups}</TargetGroups></ForwardConfig></member></Actions></member>"
        )
    };
    let default =
        format!("{MEMBER}<RuleArn>rule/0</RuleArn><Priority>default</Priority><IsDefault>true</IsDefault></member>");
    let pages = [rule(1, &["a"]), rule(2, &["blue", "green"]) + &default];
    let wire = Wire::answering(move |sent| {
        let body = sent.body.as_str().expect("a query");
        let answer = match sent.operation.as_str() {
            "DescribeRules" if body.contains("Marker=more") => format!("<Rules>{}</Rules>", pages[1]),
            "DescribeRules" => format!("<Rules>{}</Rules><NextMarker>more</NextMarker>", pages[0]),
            _ => format!(
                "<TagDescriptions>{MEMBER}<ResourceArn>rule/2</ResourceArn><Tags>{MEMBER}<Key>a</Key><Value>b</Value></member></Tags></member></TagDescriptions>"
            ),
        };
        let operation = &sent.operation;
        (200, format!("<{operation}Response><{operation}Result>{answer}</{operation}Result></{operation}Response>"))
    });
    let rules = wire.cloud().targets.listener_rules("listener").await.expect("rules");
    assert_eq!(rules.iter().map(|rule| rule.arn.as_str()).collect::<Vec<_>>(), ["rule/1", "rule/2"]);
    assert_eq!(rules[0].tags, BTreeMap::new());
    assert_eq!(rules[1].tags, BTreeMap::from([("a".to_owned(), "b".to_owned())]));
    let asked = wire.sent().pop().expect("a request").body;
    assert_eq!(asked, "Action=DescribeTags&Version=2015-12-01&ResourceArns.member.1=rule%2F2");
}

#[tokio::test]
async fn a_rule_is_made_changed_and_deleted() {
    let wire = Wire::answering(|sent| {
        let operation = &sent.operation;
        let rules = format!("<Rules>{MEMBER}<RuleArn>rule/1</RuleArn></member></Rules>");
        (200, format!("<{operation}Response><{operation}Result>{rules}</{operation}Result></{operation}Response>"))
    });
    let targets = wire.cloud().targets;
    let create = CreateListenerRule {
        listener_arn: "listener".to_owned(),
        priority: 10,
        path: "/x".to_owned(),
        host: None,
        weights: weighted(&[("blue", 1), ("green", 0)]),
        tags: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
    };
    assert_eq!(targets.create_listener_rule(&create).await.expect("created"), "rule/1");
    let nothing = ModifyListenerRule { arn: "rule/1".to_owned(), priority: None, conditions: None, weights: None };
    targets.modify_listener_rule(&nothing).await.expect("nothing to do");
    let all = ModifyListenerRule {
        priority: Some(20),
        conditions: Some(("/y".to_owned(), Some("host".to_owned()))),
        weights: Some(weighted(&[("blue", 0)])),
        ..nothing
    };
    targets.modify_listener_rule(&all).await.expect("changed");
    targets.delete_listener_rule("rule/1").await.expect("deleted");
    let sent = wire.sent();
    let operations: Vec<_> = sent.iter().map(|sent| sent.operation.as_str()).collect();
    assert_eq!(operations, ["CreateRule", "ModifyRule", "SetRulePriorities", "DeleteRule"]);
    let has = |place: usize, part: &str| {
        assert!(sent[place].body.as_str().is_some_and(|body| body.contains(part)), "{:?}", sent[place])
    };
    has(0, "Conditions.member.1.PathPatternConfig.Values.member.1=%2Fx");
    has(0, "Priority=10");
    has(0, "Actions.member.1.ForwardConfig.TargetGroups.member.2.Weight=0");
    has(0, "Tags.member.1.Key=a");
    has(1, "Conditions.member.2.HostHeaderConfig.Values.member.1=host");
    has(2, "RulePriorities.member.1.Priority=20");
}

#[tokio::test]
async fn what_is_not_there_is_none_or_already_gone() {
    let missing = |code: &'static str| {
        Wire::answering(move |_| {
            (400, format!("<ErrorResponse><Error><Code>{code}</Code><Message>said</Message></Error></ErrorResponse>"))
        })
    };
    let rule = missing("RuleNotFound");
    rule.cloud().targets.delete_listener_rule("rule/1").await.expect("gone");
    let group = missing("TargetGroupNotFound");
    assert_eq!(group.cloud().targets.target_group("group").await.expect("an answer"), None);
    let other = missing("OperationNotPermitted");
    other.cloud().targets.delete_listener_rule("rule/1").await.expect_err("anything else is an error");
}
