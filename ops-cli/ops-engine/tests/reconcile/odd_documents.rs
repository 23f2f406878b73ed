//! Whatever AWS has somewhere, it is imported without a panic into a text that can be written.

use ops_plan::import::import;
use ops_trials::drawn::drawn;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use serde_json::Value;

use crate::convergence::{cases, converge, virtually};
use crate::fixture::Fixture;
use crate::import::everything_found;

/// Where something odd stands, and what.
#[derive(Debug, Clone)]
enum Oddity {
    Container(&'static str, Value),
    Service(&'static str, Value),
    Schedule(&'static str, Value),
}

fn oddity() -> impl Strategy<Value = Oddity> {
    let of_container = select(vec![
        "cpu",
        "command",
        "environment",
        "portMappings",
        "logConfiguration",
        "dependsOn",
        "mountPoints",
        "ulimits",
        "dockerLabels",
        "healthCheck",
        "secrets",
        "linuxParameters",
        "image",
        "name",
        "essential",
        "volumesFrom",
    ]);
    let of_service = select(vec![
        "loadBalancers",
        "deploymentConfiguration",
        "capacityProviderStrategy",
        "networkConfiguration",
        "platformVersion",
        "serviceConnectConfiguration",
        "schedulingStrategy",
        "launchType",
        "placementConstraints",
    ]);
    let of_schedule = select(vec!["ScheduleExpression", "FlexibleTimeWindow", "State", "Target"]);
    prop_oneof![
        (of_container, value()).prop_map(|(member, value)| Oddity::Container(member, value)),
        (of_service, value()).prop_map(|(member, value)| Oddity::Service(member, value)),
        (of_schedule, value()).prop_map(|(member, value)| Oddity::Schedule(member, value)),
    ]
}

/// Any JSON that is not deep.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-zA-Z0-9:/@. -]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let key = select(vec!["name", "value", "containerPort", "options", "enabled", "services", "targetGroupArn"]);
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..4).prop_map(|members| Value::Object(
                members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn odd_documents_are_imported(drawn in drawn(), oddities in vec(oddity(), 1..24)) {
        virtually(async {
            let fixture = Fixture::of_drawn(&drawn);
            converge(&fixture).await?;
            let Some(found) = everything_found(&fixture).await? else { return Ok(()) };
            for oddity in oddities {
                let mut found = found.clone();
                for service in found.services.values_mut() {
                    match &oddity {
                        Oddity::Container(member, value) => {
                            service.observed.task_definition.content.0["containerDefinitions"][0][*member] = value.clone();
                        }
                        Oddity::Service(member, value) => {
                            service.observed.settings.0.insert((*member).to_owned(), value.clone());
                        }
                        Oddity::Schedule(..) => {}
                    }
                }
                for task in found.tasks.values_mut() {
                    if let Oddity::Schedule(member, value) = &oddity {
                        task.schedule.0.insert((*member).to_owned(), value.clone());
                    }
                }
                prop_assert!(import(&found).written().is_ok(), "{:?}", oddity);
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
