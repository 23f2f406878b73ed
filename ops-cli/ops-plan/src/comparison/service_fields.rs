//! Services: AWS's defaults, where order means nothing, and what changing a member means.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-service-parameters.html>.

use ops_model::plan::ChangeClass;

use super::field::{Field, Shape, field};

use Shape::{Keyed, Map, Plain, Set, UnlessDeclared, Whole};

pub(super) const FIELDS: &[Field] = &[
    field("schedulingStrategy", Plain, r#""REPLICA""#, ""),
    field("deploymentController.type", Plain, r#""ECS""#, ""),
    field("platformVersion", Plain, r#""LATEST""#, "platform_version"),
    field("propagateTags", Plain, r#""NONE""#, ""),
    field("resourceManagementType", Plain, r#""CUSTOMER""#, ""),
    field("enableExecuteCommand", Plain, "", "exec"),
    // Where nothing checks the tasks' health nothing is declared, and AWS refuses to be told even 0.
    field("healthCheckGracePeriodSeconds", UnlessDeclared, "0", "deployment.grace_seconds"),
    // Its default depends on when the service was made and on what was called since.
    field("availabilityZoneRebalancing", UnlessDeclared, "", ""),
    // ECS takes its service-linked role unless told otherwise.
    field("role", UnlessDeclared, "", ""),
    field("networkConfiguration.awsvpcConfiguration.subnets", Set, "", "network.subnets"),
    field("networkConfiguration.awsvpcConfiguration.securityGroups", Set, "", "network.security_groups"),
    field(
        "networkConfiguration.awsvpcConfiguration.assignPublicIp",
        Plain,
        r#""DISABLED""#,
        "network.assign_public_ip",
    ),
    // A launch type is the strategy with that one provider: `canonical` writes it so.
    field("capacityProviderStrategy", Keyed(&["capacityProvider"]), "", "capacity"),
    field("capacityProviderStrategy.*", Whole, "", "capacity.*"),
    field("capacityProviderStrategy.*.weight", Plain, "0", "capacity.*.weight"),
    field("capacityProviderStrategy.*.base", Plain, "0", "capacity.*.base"),
    field("loadBalancers", Keyed(&["containerName", "containerPort"]), "", "public"),
    field("loadBalancers.*", Whole, "", "public.*"),
    field("loadBalancers.*.targetGroupArn", Plain, "", "public.target_group"),
    field("serviceRegistries", Keyed(&["registryArn"]), "", ""),
    field("placementConstraints", Set, "", ""),
    field("serviceConnectConfiguration", Whole, "", "connect"),
    field("serviceConnectConfiguration.namespace", Plain, "", "connect.namespace"),
    field("serviceConnectConfiguration.services", Keyed(&["portName"]), "", "connect"),
    field("serviceConnectConfiguration.services.*", Whole, "", "connect.*"),
    field("serviceConnectConfiguration.services.*.discoveryName", Plain, "", "connect.name"),
    field("serviceConnectConfiguration.services.*.clientAliases", Keyed(&["dnsName"]), "", "connect"),
    field("serviceConnectConfiguration.services.*.clientAliases.*.port", Plain, "", "connect.port"),
    field(
        "serviceConnectConfiguration.services.*.timeout.idleTimeoutSeconds",
        Plain,
        "",
        "connect.idle_timeout_seconds",
    ),
    field(
        "serviceConnectConfiguration.services.*.timeout.perRequestTimeoutSeconds",
        Plain,
        "",
        "connect.request_timeout_seconds",
    ),
    field("serviceConnectConfiguration.logConfiguration.options", Map, "", "connect"),
    field("volumeConfigurations", Keyed(&["name"]), "", ""),
    field("vpcLatticeConfigurations", Keyed(&["portName"]), "", ""),
    field("monitoring", UnlessDeclared, "", ""),
    field("deploymentConfiguration.strategy", Plain, r#""ROLLING""#, "deployment.strategy"),
    // Of the `REPLICA` strategy; `canonical` knows those of `DAEMON`.
    field("deploymentConfiguration.maximumPercent", Plain, "200", "deployment.maximum_percent"),
    field("deploymentConfiguration.minimumHealthyPercent", Plain, "100", "deployment.minimum_healthy_percent"),
    field("deploymentConfiguration.deploymentCircuitBreaker.enable", Plain, "", "deployment.circuit_breaker"),
    field("deploymentConfiguration.deploymentCircuitBreaker.rollback", Plain, "", "deployment.rollback"),
    field(
        "deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask",
        Plain,
        "true",
        "deployment.circuit_breaker.reset_on_healthy_task",
    ),
    field(
        "deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration",
        Plain,
        r#"{"type":"BOUNDED_PERCENT","value":50}"#,
        "deployment.circuit_breaker",
    ),
    field("deploymentConfiguration.alarms.alarmNames", Set, "", "deployment.alarms"),
    field("deploymentConfiguration.alarms.enable", Plain, "", ""),
    field("deploymentConfiguration.alarms.rollback", Plain, "", ""),
    field("deploymentConfiguration.bakeTimeInMinutes", Plain, "0", "deployment.bake_minutes"),
    field("deploymentConfiguration.canaryConfiguration", Whole, "", "deployment.canary"),
    field("deploymentConfiguration.canaryConfiguration.canaryPercent", Plain, "5", "deployment.canary.percent"),
    field(
        "deploymentConfiguration.canaryConfiguration.canaryBakeTimeInMinutes",
        Plain,
        "10",
        "deployment.canary.bake_minutes",
    ),
    field("deploymentConfiguration.linearConfiguration", Whole, "", "deployment.linear"),
    field("deploymentConfiguration.linearConfiguration.stepPercent", Plain, "10", "deployment.linear.step_percent"),
    field(
        "deploymentConfiguration.linearConfiguration.stepBakeTimeInMinutes",
        Plain,
        "6",
        "deployment.linear.bake_minutes",
    ),
    field("deploymentConfiguration.earlySuccessCriteria", Whole, "", "deployment.early_success"),
    field(
        "deploymentConfiguration.earlySuccessCriteria.healthyPercent",
        Plain,
        "",
        "deployment.early_success.healthy_percent",
    ),
    field(
        "deploymentConfiguration.earlySuccessCriteria.sourceServiceRevisionCleanup",
        Plain,
        r#""BLOCKING""#,
        "deployment.early_success.cleanup",
    ),
    field("deploymentConfiguration.lifecycleHooks", Set, "", "deployment.pauses"),
    field("deploymentConfiguration.lifecycleHooks.*.lifecycleStages", Set, "", ""),
    field("deploymentConfiguration.lifecycleHooks.*.targetType", Plain, r#""AWS_LAMBDA""#, ""),
    field("deploymentConfiguration.lifecycleHooks.*.timeoutConfiguration.timeoutInMinutes", Plain, "1440", ""),
    field("deploymentConfiguration.lifecycleHooks.*.timeoutConfiguration.action", Plain, r#""ROLLBACK""#, ""),
];

/// What changing a member of a service means, and how it is unset.
#[derive(Debug, Clone, Copy)]
pub struct ServiceMember {
    pub member: &'static str,
    pub class: ChangeClass,
    pub rule: ServiceMemberRule,
    /// What `UpdateService` is sent, as JSON, when the declaration says nothing of it.
    pub unset: &'static str,
    /// Why it is of its class, in AWS's documents' sense.
    pub because: &'static str,
}

/// Whether `forceNewDeployment` goes with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceMemberRule {
    /// Not needed.
    Unforced,
    /// Only tasks that start later have it; without another change that starts new ones, they have to be forced.
    ForcedWhenAlone,
    /// AWS refuses it without.
    Forced,
}

use ChangeClass::{InPlace, NewDeployment, Refused, Replacement};
use ServiceMemberRule::{Forced, ForcedWhenAlone, Unforced};

const fn member(
    member: &'static str,
    class: ChangeClass,
    rule: ServiceMemberRule,
    unset: &'static str,
    because: &'static str,
) -> ServiceMember {
    ServiceMember { member, class, rule, unset, because }
}

const NETWORK: &str = "AWS starts new tasks for a change of network, load balancer or discovery";
const LATER_TASKS: &str = "only tasks that start after the change have it, so ECS is told to start new ones";

const MEMBERS: &[ServiceMember] = &[
    member("networkConfiguration", NewDeployment, Unforced, "", NETWORK),
    member("loadBalancers", NewDeployment, Unforced, "[]", NETWORK),
    member("serviceRegistries", NewDeployment, Unforced, "[]", NETWORK),
    member("serviceConnectConfiguration", NewDeployment, Unforced, r#"{"enabled":false}"#, NETWORK),
    member("vpcLatticeConfigurations", NewDeployment, Unforced, "[]", NETWORK),
    member("gatewayConnectors", NewDeployment, Unforced, "[]", NETWORK),
    member(
        "volumeConfigurations",
        NewDeployment,
        Unforced,
        "[]",
        "AWS starts new tasks for a change of volumes that are configured at launch",
    ),
    member(
        "platformVersion",
        NewDeployment,
        Unforced,
        r#""LATEST""#,
        "AWS starts new tasks for a change of platform version",
    ),
    member(
        "capacityProviderStrategy",
        NewDeployment,
        Forced,
        r#"[{"capacityProvider":"FARGATE","weight":1}]"#,
        "AWS changes capacity providers only together with a forced new deployment",
    ),
    member("enableExecuteCommand", NewDeployment, ForcedWhenAlone, "false", LATER_TASKS),
    member("enableECSManagedTags", NewDeployment, ForcedWhenAlone, "false", LATER_TASKS),
    member("propagateTags", NewDeployment, ForcedWhenAlone, r#""NONE""#, LATER_TASKS),
    member("deploymentConfiguration", InPlace, Unforced, r#"{"strategy":"ROLLING"}"#, ""),
    member("healthCheckGracePeriodSeconds", InPlace, Unforced, "0", ""),
    member("availabilityZoneRebalancing", InPlace, Unforced, r#""ENABLED""#, ""),
    member("placementConstraints", InPlace, Unforced, "[]", ""),
    member("placementStrategy", InPlace, Unforced, "[]", ""),
    member("monitoring", InPlace, Unforced, "{}", ""),
    member(
        "deploymentController",
        NewDeployment,
        Unforced,
        r#"{"type":"ECS"}"#,
        "another controller starts tasks anew",
    ),
    member(
        "schedulingStrategy",
        Replacement,
        Unforced,
        "",
        "AWS cannot change the scheduling strategy of a service: UpdateService does not take it",
    ),
];

/// Members of a service that nobody can change after its creation have no row.
const UNKNOWN: ServiceMember = member(
    "",
    Refused,
    Unforced,
    "",
    "UpdateService does not take it, and creating the service anew may not be what you want",
);

/// What changing a member means. A member without a row is one that AWS does not change.
#[must_use]
pub fn service_member(name: &str) -> ServiceMember {
    MEMBERS.iter().find(|member| member.member == name).copied().unwrap_or(UNKNOWN)
}
