//! Whatever was done to the live account by hand, one plan mends it and the next one is empty.

use ops_model::rollout::RolloutStatus;
use proptest::prelude::*;

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
    LoadBalancerOff,
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
        Just(ByHand::LoadBalancerOff),
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
    let content = &mut live.task_definition.content;
    let container = &mut content.containers[0];
    match by_hand {
        ByHand::Count(count) => live.settings.desired_count = count,
        ByHand::Cpu(cpu) => content.cpu = cpu,
        ByHand::Variable(name) => drop(container.environment.insert(name, "by hand".to_owned())),
        ByHand::Image(digit) => container.image = format!("elsewhere@sha256:{}", digit.to_string().repeat(64)),
        ByHand::Command => container.command.push("by-hand".to_owned()),
        ByHand::SecurityGroup => live.settings.network.security_group_ids.push("sg-by-hand".to_owned()),
        ByHand::MinimumHealthy(percent) => live.settings.deployment.minimum_healthy_percent = percent,
        ByHand::Grace(seconds) => live.settings.health_check_grace_seconds = Some(seconds),
        ByHand::CircuitBreakerOff => live.settings.deployment.circuit_breaker = false,
        ByHand::LoadBalancerOff => live.settings.load_balancers.push(ops_model::observation::LoadBalancerSettings {
            target_group_arn: "arn:by-hand".to_owned(),
            container: "api".to_owned(),
            port: 1,
        }),
        ByHand::RolloutUnderWay => {
            let arn = live.task_definition.arn.clone();
            live.rollout = Some(rollout(&arn, RolloutStatus::InProgress));
        }
        ByHand::Delete | ByHand::NewBuild(_) => {}
    }
}

proptest! {
    #[test]
    fn a_second_plan_is_empty(acts in prop::collection::vec((prop::sample::select(vec!["api", "worker"]), by_hand()), 0..8)) {
        let mut fixture = Fixture::deployed();
        for (service, act) in acts {
            // The worker has no load balancer, so no grace period either.
            if service == "worker" && matches!(act, ByHand::Grace(_)) {
                continue;
            }
            meddle(&mut fixture, service, act);
        }
        let plan = fixture.plan();
        prop_assert_eq!(&plan, &fixture.plan(), "the same inputs give the same plan");
        fixture.carry_out(&plan);
        let second = fixture.plan();
        prop_assert!(second.in_sync(), "left over: {:?}", second.waves);
    }
}
