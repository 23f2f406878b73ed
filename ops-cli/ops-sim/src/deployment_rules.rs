use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

/// What the scheduler reads in `deploymentConfiguration`. A member that AWS does not know is refused.
///
/// Source of members, bounds and defaults:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct DeploymentRules {
    pub(crate) strategy: Strategy,
    pub(crate) minimum_healthy_percent: u32,
    pub(crate) maximum_percent: u32,
    pub(crate) deployment_circuit_breaker: BreakerRules,
    pub(crate) alarms: AlarmRules,
    bake_time_in_minutes: u32,
    pub(crate) lifecycle_hooks: Vec<HookRules>,
    canary_configuration: CanaryRules,
    linear_configuration: LinearRules,
    pub(crate) early_success_criteria: EarlySuccessRules,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Strategy {
    #[default]
    Rolling,
    BlueGreen,
    Canary,
    Linear,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct BreakerRules {
    pub(crate) enable: bool,
    pub(crate) rollback: bool,
    pub(crate) reset_on_healthy_task: bool,
    threshold_configuration: ThresholdRules,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdRules {
    r#type: ThresholdType,
    value: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ThresholdType {
    Count,
    BoundedPercent,
    UnboundedPercent,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct AlarmRules {
    pub(crate) alarm_names: Vec<String>,
    pub(crate) enable: bool,
    pub(crate) rollback: bool,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct HookRules {
    #[serde(default)]
    pub(crate) target_type: HookType,
    #[serde(default)]
    hook_target_arn: Option<String>,
    #[serde(default)]
    role_arn: Option<String>,
    pub(crate) lifecycle_stages: Vec<String>,
    #[serde(default)]
    hook_details: Option<Value>,
    #[serde(default)]
    pub(crate) timeout_configuration: HookTimeout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum HookType {
    #[default]
    AwsLambda,
    Pause,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct HookTimeout {
    timeout_in_minutes: u32,
    pub(crate) action: HookAction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum HookAction {
    Continue,
    Rollback,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct CanaryRules {
    canary_percent: f64,
    canary_bake_time_in_minutes: u32,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct LinearRules {
    step_percent: f64,
    step_bake_time_in_minutes: u32,
}

#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct EarlySuccessRules {
    enable: bool,
    healthy_percent: u32,
    source_service_revision_cleanup: Cleanup,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Cleanup {
    #[default]
    Blocking,
    Deferred,
}

impl Default for DeploymentRules {
    fn default() -> Self {
        Self {
            strategy: Strategy::Rolling,
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            deployment_circuit_breaker: BreakerRules::default(),
            alarms: AlarmRules::default(),
            bake_time_in_minutes: 0,
            lifecycle_hooks: Vec::new(),
            canary_configuration: CanaryRules::default(),
            linear_configuration: LinearRules::default(),
            early_success_criteria: EarlySuccessRules::default(),
        }
    }
}

impl Default for BreakerRules {
    fn default() -> Self {
        let threshold_configuration = ThresholdRules { r#type: ThresholdType::BoundedPercent, value: 50 };
        Self { enable: false, rollback: false, reset_on_healthy_task: true, threshold_configuration }
    }
}

impl Default for HookTimeout {
    fn default() -> Self {
        Self { timeout_in_minutes: 1440, action: HookAction::Rollback }
    }
}

impl Default for CanaryRules {
    fn default() -> Self {
        Self { canary_percent: 5.0, canary_bake_time_in_minutes: 10 }
    }
}

impl Default for LinearRules {
    fn default() -> Self {
        Self { step_percent: 10.0, step_bake_time_in_minutes: 6 }
    }
}

/// Stages that a hook can be at.
const HOOK_STAGES: [&str; 8] = [
    "RECONCILE_SERVICE",
    "PRE_SCALE_UP",
    "POST_SCALE_UP",
    "TEST_TRAFFIC_SHIFT",
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
];

impl DeploymentRules {
    /// Of a service's settings. Why AWS refuses them otherwise.
    pub(crate) fn read(settings: &Map<String, Value>) -> Result<Self, String> {
        let rules = match settings.get("deploymentConfiguration") {
            None => Self::default(),
            Some(document) => serde_json::from_value(document.clone())
                .map_err(|error| format!("Invalid deploymentConfiguration: {error}"))?,
        };
        rules.check()?;
        Ok(rules)
    }

    fn check(&self) -> Result<(), String> {
        let refuse = |holds: bool, why: &str| if holds { Ok(()) } else { Err(why.to_owned()) };
        let (minimum, maximum) = (self.minimum_healthy_percent, self.maximum_percent);
        refuse(minimum <= 100 || minimum < maximum, "minimumHealthyPercent must be less than maximumPercent.")?;
        refuse(maximum >= 100, "maximumPercent must be at least 100.")?;
        refuse(
            minimum < 100 || maximum > 100,
            "The deployment configuration allows the scheduler neither to start nor to stop tasks.",
        )?;
        let rolling = self.strategy == Strategy::Rolling;
        refuse(!rolling || self.lifecycle_hooks.is_empty(), "Lifecycle hooks are not supported with ROLLING.")?;
        for hook in &self.lifecycle_hooks {
            refuse(!hook.lifecycle_stages.is_empty(), "A lifecycle hook needs lifecycleStages.")?;
            for stage in &hook.lifecycle_stages {
                refuse(HOOK_STAGES.contains(&stage.as_str()), "A lifecycle hook has an unknown stage.")?;
                let paused_mid_shift = hook.target_type == HookType::Pause
                    && matches!(stage.as_str(), "TEST_TRAFFIC_SHIFT" | "PRODUCTION_TRAFFIC_SHIFT");
                refuse(!paused_mid_shift, "PAUSE hooks cannot be configured at traffic shift stages.")?;
            }
            let lambda = hook.target_type == HookType::AwsLambda;
            let named = hook.hook_target_arn.is_some() && hook.role_arn.is_some();
            refuse(!lambda || named, "An AWS_LAMBDA hook needs hookTargetArn and roleArn.")?;
            refuse(lambda || hook.hook_target_arn.is_none(), "hookTargetArn is not applicable for PAUSE hooks.")?;
            refuse(lambda || hook.hook_details.is_none(), "hookDetails is not used for PAUSE hooks.")?;
        }
        let canary = self.canary_configuration.canary_percent;
        refuse((0.1..=100.0).contains(&canary), "canaryPercent must be between 0.1 and 100.")?;
        let step = self.linear_configuration.step_percent;
        refuse((3.0..=100.0).contains(&step), "stepPercent must be between 3 and 100.")?;
        let early = &self.early_success_criteria;
        refuse(!early.enable || rolling, "Early success criteria are only supported with ROLLING.")?;
        refuse(
            !early.enable || (minimum..=100).contains(&early.healthy_percent),
            "healthyPercent must be between minimumHealthyPercent and 100.",
        )
    }

    /// Minutes that both versions stay after all traffic has moved.
    pub(crate) fn bake_time(&self) -> Duration {
        minutes(self.bake_time_in_minutes)
    }

    /// Steps of the production traffic: percent on the new revision, and how long until the next step.
    pub(crate) fn shifts(&self) -> Vec<(u32, Duration)> {
        let mut shifts = Vec::new();
        match self.strategy {
            Strategy::Rolling | Strategy::BlueGreen => {}
            Strategy::Canary => {
                let CanaryRules { canary_percent, canary_bake_time_in_minutes } = self.canary_configuration;
                shifts.push((whole_percent(canary_percent), minutes(canary_bake_time_in_minutes)));
            }
            Strategy::Linear => {
                let LinearRules { step_percent, step_bake_time_in_minutes } = self.linear_configuration;
                let steps = (1_u32..).map(|step| step_percent * f64::from(step)).take_while(|percent| *percent < 100.0);
                shifts.extend(steps.map(|percent| (whole_percent(percent), minutes(step_bake_time_in_minutes))));
            }
        }
        shifts.retain(|(percent, _)| *percent < 100);
        shifts.push((100, Duration::ZERO));
        shifts
    }
}

impl BreakerRules {
    /// Failed tasks that trip the circuit breaker.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html>
    pub(crate) fn threshold(&self, desired_count: u32) -> u32 {
        let ThresholdRules { r#type, value } = self.threshold_configuration;
        let share = desired_count.saturating_mul(value).div_ceil(100);
        match r#type {
            ThresholdType::Count => value,
            ThresholdType::BoundedPercent => share.clamp(3, 200),
            ThresholdType::UnboundedPercent => share.max(1),
        }
    }
}

impl HookTimeout {
    pub(crate) fn wait(&self) -> Duration {
        minutes(self.timeout_in_minutes)
    }
}

impl EarlySuccessRules {
    /// Healthy tasks of the new revision that are enough, and when the old ones go; `None` when all are needed.
    pub(crate) fn enough(&self, desired_count: u32) -> Option<(usize, Cleanup)> {
        let enough = desired_count.saturating_mul(self.healthy_percent).div_ceil(100);
        self.enable.then_some((enough as usize, self.source_service_revision_cleanup))
    }
}

impl Strategy {
    /// Whether it moves traffic from one revision to the other.
    pub(crate) fn shifts_traffic(self) -> bool {
        self != Self::Rolling
    }
}

fn minutes(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes) * 60)
}

/// Traffic is told in whole percents here, so a tenth of one counts as one.
fn whole_percent(percent: f64) -> u32 {
    (1..=100).find(|whole| f64::from(*whole) >= percent.floor().max(1.0)).unwrap_or(100)
}
