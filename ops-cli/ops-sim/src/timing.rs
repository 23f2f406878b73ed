use std::time::Duration;

/// How long things take in the account. Nothing takes less than a millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// From a call to its answer. The change happens halfway.
    pub latency: Duration,
    /// From `PENDING` to `IN_PROGRESS` of a service deployment, and from a request to stop or roll one
    /// back to the start of that.
    pub rollout_start: Duration,
    /// From the start of a task to its image being pulled and its containers running.
    pub provisioning: Duration,
    /// Between two health checks of a target.
    pub health_check_interval: Duration,
    /// Passed checks after which a target is healthy.
    pub healthy_threshold: u32,
    /// Failed checks after which a target is unhealthy.
    pub unhealthy_threshold: u32,
    /// How long a task without a load balancer has to run to count as healthy. ECS waits 40 seconds.
    ///
    /// Source: `minimumHealthyPercent` in
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
    pub running_before_healthy: Duration,
    /// Deregistration delay of the target groups.
    pub draining: Duration,
    /// How long every stage of a deployment that shifts traffic takes at least; bake times come on top of none.
    pub stage: Duration,
    /// How long a rolling deployment with alarms looks at them after its last task is healthy. ECS derives it from the
    /// alarms' own periods.
    pub alarm_bake: Duration,
    /// From the stop signal to the end of a task.
    pub stopping: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            latency: Duration::from_millis(20),
            rollout_start: Duration::from_secs(1),
            provisioning: Duration::from_secs(10),
            health_check_interval: Duration::from_secs(5),
            healthy_threshold: 2,
            unhealthy_threshold: 3,
            running_before_healthy: Duration::from_secs(40),
            draining: Duration::from_secs(15),
            stage: Duration::from_secs(1),
            alarm_bake: Duration::from_secs(60),
            stopping: Duration::from_secs(2),
        }
    }
}

/// The moment that comes `duration` after `start`, but never the same moment: what follows from
/// something happens after it, so that time always gets on.
pub(crate) fn after(start: Duration, duration: Duration) -> Duration {
    start.saturating_add(duration.max(Duration::from_millis(1)))
}
