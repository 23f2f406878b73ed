use std::sync::LazyLock;

use insta::assert_snapshot;
use ops_model::observation::ObservedSecret;
use ops_model::plan::{Gate, Kind, LeftOut, Plan};
use ops_plan::{Selector, SelectorError, check_selectors, restrict};
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::fixture::{FULL, Fixture};

fn selectors(words: &[&str]) -> Vec<Selector> {
    words.iter().map(|word| word.parse().expect("a selector")).collect()
}

fn part(fixture: &Fixture, words: &[&str]) -> Plan {
    let (plan, only) = (fixture.plan(), selectors(words));
    check_selectors(&plan, &only).expect("they are known");
    restrict(plan, &fixture.environment, &only)
}

fn left_out(plan: &Plan) -> String {
    let line =
        |LeftOut { kind, name, class, needed_by }: &LeftOut| format!("{kind:?} {name} {class:?} {needed_by:?}\n");
    plan.left_out.iter().map(line).collect()
}

#[test]
fn a_selector_is_read_as_it_is_written() {
    for word in ["service", "task/migrate", "listener_rule/api", "scaling", "schedule/cleanup"] {
        let selector: Selector = word.parse().expect("a selector");
        assert_eq!(selector.to_string(), word);
    }
    let error = |word: &str| word.parse::<Selector>().expect_err("no selector");
    assert_eq!(error("scenario/api"), SelectorError::Scenario);
    assert_eq!(error("service/"), SelectorError::NoName { selector: "service/".to_owned() });
    assert_snapshot!(error("servce/api"));
}

#[test]
fn nothing_is_left_out_of_what_nobody_restricts() {
    let fixture = Fixture::full();
    assert_eq!(restrict(fixture.plan(), &fixture.environment, &[]), fixture.plan());
}

#[test]
fn one_service_leaves_the_rest_and_says_what_it_would_have_waited_for() {
    let mut fixture = Fixture::deployed();
    fixture.push_build('b', "2.0.0");
    let plan = part(&fixture, &["service/worker"]);
    assert_eq!(plan.changes().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["worker"]);
    assert_snapshot!("left_out_of_one_service", left_out(&plan));
    let first = part(&Fixture::of(FULL), &["service/api", "scaling"]);
    assert_snapshot!("left_out_of_a_first_deployment", left_out(&first));
}

#[test]
fn a_name_that_means_nothing_is_not_something_that_is_in_sync() {
    let fixture = Fixture::deployed();
    let plan = fixture.plan();
    for word in ["service/wroker", "task/api", "scaling/nobody"] {
        let error = check_selectors(&plan, &selectors(&[word])).expect_err("there is no such thing");
        assert_eq!(error.to_string(), format!("dev knows no {word}"));
    }
    check_selectors(&plan, &selectors(&["service/worker", "scaling/api", "task"])).expect("they are known");
}

#[test]
fn gates_about_the_rest_do_not_hold_a_part() {
    let mut fixture = Fixture::deployed();
    fixture.live.secrets.insert("ssm:/dev/database/password".to_owned(), ObservedSecret::Missing);
    fixture.push_build('b', "2.0.0");
    assert!(matches!(fixture.plan().gates.as_slice(), [Gate::Secrets { .. }]));
    assert!(matches!(part(&fixture, &["service/api"]).gates.as_slice(), [Gate::Secrets { .. }]));
    assert_eq!(part(&fixture, &["service/worker"]).gates, []);

    // Half of the services may go, and all at once may not.
    let mut fixture = Fixture::deployed();
    fixture.environment.services.clear();
    fixture.apply_terraform();
    assert!(matches!(fixture.plan().gates.as_slice(), [Gate::Deletions { .. }]));
    assert_eq!(part(&fixture, &["service/worker"]).gates, []);
}

#[test]
fn what_terraform_is_behind_in_holds_whom_it_concerns() {
    let mut fixture = Fixture::deployed();
    fixture.push_build('b', "2.0.0");
    let applied = fixture.platform.applied_from.clone();
    fixture.environment.services.get_mut("api").expect("declared").workload.container.port = Some(9090);
    fixture.apply_terraform();
    fixture.platform.applied_from = applied.clone();
    assert!(!part(&fixture, &["service/api"]).gates.is_empty());
    assert_eq!(part(&fixture, &["service/worker"]).gates, []);
    fixture.environment.network.zones.push("ap-northeast-2b".to_owned());
    fixture.apply_terraform();
    fixture.platform.applied_from = applied;
    let gates = part(&fixture, &["service/worker"]).gates;
    assert_eq!(gates, [Gate::TerraformBehind { paths: vec!["network.zones".to_owned()] }]);
}

proptest! {
    /// Whatever is asked for: each change is in the part or left out, and keeps its order.
    #[test]
    fn a_part_and_what_it_leaves_out_are_the_whole(
        words in subsequence(vec!["service", "task", "scaling", "schedule", "listener_rule", "service/api"], 1..6),
    ) {
        static WHOLE: LazyLock<(Fixture, Plan)> = LazyLock::new(|| {
            let fixture = Fixture::of(FULL);
            let plan = fixture.plan();
            (fixture, plan)
        });
        let (fixture, whole) = &*WHOLE;
        let only = selectors(&words);
        let part = restrict(whole.clone(), &fixture.environment, &only);
        let mut found: Vec<(Kind, String)> =
            part.changes().map(|change| (change.kind(), change.name.clone())).collect();
        let order: Vec<_> =
            whole.changes().map(|it| (it.kind(), it.name.clone())).filter(|it| found.contains(it)).collect();
        prop_assert_eq!(&found, &order);
        found.extend(part.left_out.iter().map(|left| (left.kind, left.name.clone())));
        found.sort();
        let mut all: Vec<_> = whole.changes().map(|change| (change.kind(), change.name.clone())).collect();
        all.sort();
        prop_assert_eq!(found, all);
    }
}
