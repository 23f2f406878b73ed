use aws_sdk_elasticloadbalancingv2::types::{TargetDescription, TargetHealthDescription, TargetHealthStateEnum};
use ops_model::observation::{TargetHealth, TargetState};

pub(super) fn target_health(description: &TargetHealthDescription) -> Result<TargetHealth, String> {
    let target = description.target().map(address).ok_or("a target has no address")?;
    let health = description.target_health().ok_or_else(|| format!("target {target} has no health"))?;
    let state = match health.state() {
        Some(TargetHealthStateEnum::Initial) => TargetState::Initial,
        Some(TargetHealthStateEnum::Healthy) => TargetState::Healthy,
        Some(TargetHealthStateEnum::Unhealthy) => TargetState::Unhealthy,
        Some(TargetHealthStateEnum::Unused) => TargetState::Unused,
        // Draining by hand or by a check that takes the target out counts the same: no new requests.
        Some(TargetHealthStateEnum::Draining | TargetHealthStateEnum::UnhealthyDraining) => TargetState::Draining,
        Some(TargetHealthStateEnum::Unavailable) => TargetState::Unavailable,
        state => return Err(format!("target {target} is in the unknown state {state:?}")),
    };
    let reason = match (health.description(), health.reason()) {
        (Some(description), Some(reason)) => Some(format!("{description} ({})", reason.as_str())),
        (Some(description), None) => Some(description.to_owned()),
        (None, Some(reason)) => Some(reason.as_str().to_owned()),
        (None, None) => None,
    };
    Ok(TargetHealth { target, state, reason })
}

fn address(target: &TargetDescription) -> String {
    let id = target.id().unwrap_or_default();
    match target.port() {
        Some(port) if id.contains(':') => format!("[{id}]:{port}"),
        Some(port) => format!("{id}:{port}"),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{TargetHealth as SdkHealth, TargetHealthReasonEnum};

    use super::*;

    fn described(id: &str, state: TargetHealthStateEnum) -> TargetHealthDescription {
        let health = SdkHealth::builder().state(state).reason(TargetHealthReasonEnum::FailedHealthChecks);
        TargetHealthDescription::builder()
            .target(TargetDescription::builder().id(id).port(8080).build())
            .target_health(health.description("Health checks failed").build())
            .build()
    }

    #[test]
    fn address_state_and_reason_are_told() {
        assert_eq!(
            target_health(&described("10.0.0.1", TargetHealthStateEnum::Unhealthy)),
            Ok(TargetHealth {
                target: "10.0.0.1:8080".to_owned(),
                state: TargetState::Unhealthy,
                reason: Some("Health checks failed (Target.FailedHealthChecks)".to_owned()),
            })
        );
        let version_6 = target_health(&described("fd00::1", TargetHealthStateEnum::UnhealthyDraining));
        let version_6 = version_6.expect("a target");
        assert_eq!((version_6.target.as_str(), version_6.state), ("[fd00::1]:8080", TargetState::Draining));
    }

    #[test]
    fn an_unknown_state_is_an_error() {
        assert!(target_health(&described("10.0.0.1", TargetHealthStateEnum::from("asleep"))).is_err());
    }
}
