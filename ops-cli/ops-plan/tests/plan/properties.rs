//! Whatever was done to the live account by hand, one plan mends it and the next one is empty.

use ops_model::rollout::RolloutStatus;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fixture::{Fixture, rollout};

#[derive(Debug, Clone)]
enum ByHand {
    Count(u32),
    Cpu(u32),
    Variable(String),
    Image(char),
    Command,
    SecurityGroup,
    MinimumHealthy(u32),
    Grace(u32),
    CircuitBreakerOff,
    LoadBalancer,
    Capacity,
    Delete,
    RolloutUnderWay,
    NewBuild(char),
}

fn by_hand() -> impl Strategy<Value = ByHand> {
    prop_oneof![
        (0u32..9).prop_map(ByHand::Count),
        (1u32..5000).prop_map(ByHand::Cpu),
        "[A-Z]{1,8}".prop_map(ByHand::Variable),
        prop::char::range('a', 'f').prop_map(ByHand::Image),
        Just(ByHand::Command),
        Just(ByHand::SecurityGroup),
        (0u32..100).prop_map(ByHand::MinimumHealthy),
        (0u32..100).prop_map(ByHand::Grace),
        Just(ByHand::CircuitBreakerOff),
        Just(ByHand::LoadBalancer),
        Just(ByHand::Capacity),
        Just(ByHand::Delete),
        Just(ByHand::RolloutUnderWay),
        prop::char::range('a', 'f').prop_map(ByHand::NewBuild),
    ]
}

fn meddle(fixture: &mut Fixture, service: &str, by_hand: ByHand) {
    if let ByHand::NewBuild(digit) = by_hand {
        fixture.push_build(digit, "2.0.0");
        return;
    }
    if matches!(by_hand, ByHand::Delete) {
        fixture.live.services.remove(service);
    }
    let Some(live) = fixture.live.services.get_mut(service) else { return };
    let content = &mut live.task_definition.content.0;
    let settings = &mut live.settings.0;
    let set = |document: &mut Map<String, Value>, member: &str, value: Value| {
        document.insert(member.to_owned(), value);
    };
    let container = |content: &mut Map<String, Value>, member: &str, value: Value| {
        content["containerDefinitions"][0][member] = value;
    };
    match by_hand {
        ByHand::Count(count) => set(settings, "desiredCount", json!(count)),
        ByHand::Cpu(cpu) => set(content, "cpu", json!(cpu.to_string())),
        ByHand::Variable(name) => container(content, "environment", json!([{"name": name, "value": "by hand"}])),
        ByHand::Image(digit) => {
            container(content, "image", json!(format!("elsewhere@sha256:{}", digit.to_string().repeat(64))));
        }
        ByHand::Command => container(content, "command", json!(["by-hand"])),
        ByHand::SecurityGroup => {
            settings["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"] = json!(["sg-by-hand"]);
        }
        ByHand::MinimumHealthy(percent) => {
            settings["deploymentConfiguration"]["minimumHealthyPercent"] = json!(percent)
        }
        ByHand::Grace(seconds) => set(settings, "healthCheckGracePeriodSeconds", json!(seconds)),
        ByHand::CircuitBreakerOff => {
            settings["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"] = json!(false);
        }
        ByHand::LoadBalancer => {
            let stranger = json!([{"targetGroupArn": "arn:by-hand", "containerName": "api", "containerPort": 1}]);
            set(settings, "loadBalancers", stranger);
        }
        ByHand::Capacity => {
            let spot = json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}]);
            set(settings, "capacityProviderStrategy", spot);
        }
        ByHand::RolloutUnderWay => {
            let arn = live.task_definition.arn.clone();
            live.rollout = Some(rollout(&arn, RolloutStatus::InProgress));
        }
        ByHand::Delete | ByHand::NewBuild(_) => {}
    }
}

proptest! {
    #[test]
    fn a_second_plan_is_empty(full: bool, acts in prop::collection::vec((prop::sample::select(vec!["api", "worker"]), by_hand()), 0..8)) {
        let mut fixture = if full { Fixture::full() } else { Fixture::deployed() };
        for (service, act) in acts {
            meddle(&mut fixture, service, act);
        }
        let plan = fixture.plan();
        prop_assert_eq!(&plan, &fixture.plan(), "the same inputs give the same plan");
        fixture.carry_out(&plan);
        let second = fixture.plan();
        prop_assert!(second.in_sync(), "left over: {:?}", second.waves);
    }
}
