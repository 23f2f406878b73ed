//! What people change by hand behind the back of git.

mod group;
mod site;

use std::time::Duration;

use ops_engine::cloud::CloudError;
use ops_model::observation::{ObservedService, ScalingSettings};
use ops_sim::SimulatedAccount;
use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_oneof};
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::class::Class;
use crate::drawn::{SECRET, SERVICES, TASKS};
use crate::images::image;
use crate::platform::{CLUSTER, SCHEDULES, target_group};

pub use group::OfGroup;
pub(crate) use group::restore_rules;
pub use site::OfSite;

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub enum Edit {
    Service(&'static str, OfService),
    Schedule(&'static str, OfSchedule),
    Group(&'static str, OfGroup),
    Site(&'static str, OfSite),
    RotateSecret,
    /// Seconds that go by.
    Wait(u64),
}

#[derive(Debug, Clone)]
pub enum OfService {
    /// A member of the main container.
    Container(&'static str, Value),
    /// A member of the task definition.
    TaskDefinition(&'static str, Value),
    /// A member of what the service is set to.
    Setting(&'static str, Value),
    /// The same within `deploymentConfiguration`.
    Deployment(&'static str, Value),
    Variable,
    Count(u32),
    Tag,
    Untag,
    Delete,
    DeregisterTaskDefinition,
    KillTask,
    RollBack,
    Bounds(u32, u32),
    Suspend,
    Policy,
    ScheduledAction,
    NoPolicies,
    NoScaling,
    Rule(OfRule),
}

#[derive(Debug, Clone)]
pub enum OfRule {
    Priority,
    Path,
    Stranger,
    Foreign,
    Delete,
}

#[derive(Debug, Clone)]
pub enum OfSchedule {
    At,
    Target(&'static str, Value),
    Disable,
    Delete,
}

/// Of services and tasks.
pub fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        10 => (select(SERVICES.to_vec()), of_service()).prop_map(|(name, edit)| Edit::Service(name, edit)),
        2 => (select(TASKS.to_vec()), of_schedule()).prop_map(|(name, edit)| Edit::Schedule(name, edit)),
        1 => Just(Edit::RotateSecret),
        2 => (1..200_u64).prop_map(Edit::Wait),
    ]
}

/// Of the kinds that a class is about.
pub(crate) fn edit_of(class: Class) -> BoxedStrategy<Edit> {
    match class {
        Class::Services | Class::Tasks | Class::Scenarios => edit().boxed(),
        Class::Firewall => group::edit().boxed(),
        Class::Sites => site::edit().boxed(),
        Class::All => prop_oneof![3 => edit(), 1 => group::edit(), 1 => site::edit()].boxed(),
    }
}

fn of_service() -> impl Strategy<Value = OfService> {
    let of_container = select(vec![
        ("image", json!(image('b'))),
        ("command", json!(["by", "hand"])),
        ("entryPoint", json!(["/by/hand"])),
        ("environment", json!([{"name": "TOKEN", "value": "by hand"}])),
        ("secrets", json!([])),
        ("dockerLabels", json!({"by": "hand"})),
        ("ulimits", json!([{"name": "core", "softLimit": 0, "hardLimit": 0}])),
        ("linuxParameters", json!({"capabilities": {"drop": ["ALL"]}})),
        ("readonlyRootFilesystem", json!(false)),
        ("user", json!("0")),
        ("stopTimeout", json!(99)),
        ("logConfiguration", json!({"logDriver": "awslogs", "options": {"awslogs-group": "/by/hand"}})),
    ]);
    let of_task_definition = select(vec![
        ("cpu", json!("4096")),
        ("memory", json!("8192")),
        ("pidMode", json!("task")),
        ("taskRoleArn", json!("arn:aws:iam::role/by-hand")),
        ("ephemeralStorage", json!({"sizeInGiB": 99})),
        ("runtimePlatform", json!({"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"})),
        ("volumes", json!([{"name": "by-hand"}, {"name": "tmp"}, {"name": "data"}])),
    ]);
    let setting = select(vec![
        ("platformVersion", json!("1.4.0")),
        ("enableExecuteCommand", json!(true)),
        ("enableExecuteCommand", json!(false)),
        ("enableECSManagedTags", json!(false)),
        ("propagateTags", json!("TASK_DEFINITION")),
        ("capacityProviderStrategy", json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}])),
        (
            "networkConfiguration",
            json!({"awsvpcConfiguration": {"subnets": ["subnet-by-hand"], "securityGroups": ["sg-by-hand"]}}),
        ),
        ("loadBalancers", json!([])),
        ("serviceConnectConfiguration", json!({"enabled": false})),
        ("healthCheckGracePeriodSeconds", json!(7)),
        ("availabilityZoneRebalancing", json!("DISABLED")),
        ("placementStrategy", json!([{"type": "random"}])),
    ]);
    let deployment = select(vec![
        ("maximumPercent", json!(150)),
        ("minimumHealthyPercent", json!(0)),
        ("deploymentCircuitBreaker", json!({"enable": false, "rollback": false})),
        ("alarms", json!({"alarmNames": ["errors", "latency"], "enable": true, "rollback": false})),
        ("strategy", json!("ROLLING")),
        ("bakeTimeInMinutes", json!(9)),
        ("lifecycleHooks", json!([])),
        ("canaryConfiguration", json!({"canaryPercent": 50.0, "canaryBakeTimeInMinutes": 1})),
        ("earlySuccessCriteria", json!({"enable": true, "healthyPercent": 100})),
    ]);
    prop_oneof![
        1 => of_container.prop_map(|(member, value)| OfService::Container(member, value)),
        1 => of_task_definition.prop_map(|(member, value)| OfService::TaskDefinition(member, value)),
        2 => setting.prop_map(|(member, value)| OfService::Setting(member, value)),
        2 => deployment.prop_map(|(member, value)| OfService::Deployment(member, value)),
        1 => (0..7_u32).prop_map(OfService::Count),
        1 => (1..4_u32, 4..9_u32).prop_map(|(minimum, maximum)| OfService::Bounds(minimum, maximum)),
        3 => select(vec![
            OfService::Variable,
            OfService::Tag,
            OfService::Untag,
            OfService::Delete,
            OfService::DeregisterTaskDefinition,
            OfService::KillTask,
            OfService::RollBack,
        ]),
        2 => select(vec![
            OfService::Suspend,
            OfService::Policy,
            OfService::ScheduledAction,
            OfService::NoPolicies,
            OfService::NoScaling,
        ]),
        2 => select(vec![OfRule::Priority, OfRule::Path, OfRule::Stranger, OfRule::Foreign, OfRule::Delete])
            .prop_map(OfService::Rule),
    ]
}

fn of_schedule() -> impl Strategy<Value = OfSchedule> {
    let target = select(vec![
        ("RetryPolicy", json!({"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60})),
        ("RoleArn", json!("arn:aws:iam::role/by-hand")),
        ("DeadLetterConfig", Value::Null),
        ("Input", json!("{}")),
    ]);
    prop_oneof![
        target.prop_map(|(member, value)| OfSchedule::Target(member, value)),
        select(vec![OfSchedule::At, OfSchedule::Disable, OfSchedule::Delete]),
    ]
}

/// Does it. Whatever it is about may not be there, and AWS may refuse it.
pub async fn perform(account: &SimulatedAccount, edit: &Edit) {
    let done = match edit {
        Edit::Service(name, edit) => of_service_by_hand(account, name, edit).await,
        Edit::Schedule(task, edit) => of_schedule_by_hand(account, task, edit),
        Edit::Group(group, edit) => group::perform(account, group, edit),
        Edit::Site(site, edit) => site::perform(account, site, edit),
        Edit::RotateSecret => account.by_hand(CLUSTER).rotate_secret(SECRET),
        Edit::Wait(seconds) => {
            tokio::time::sleep(Duration::from_secs(*seconds)).await;
            Ok(())
        }
    };
    drop(done);
}

async fn of_service_by_hand(account: &SimulatedAccount, name: &str, edit: &OfService) -> Result<(), CloudError> {
    let by_hand = account.by_hand(CLUSTER);
    let set = |document: &mut Map<String, Value>, member: &str, value: &Value| {
        document.insert(member.to_owned(), value.clone());
    };
    match edit {
        OfService::Container(member, value) => by_hand
            .change_task_definition(name, |content| {
                let main = content.0.get_mut("containerDefinitions").and_then(|all| all.get_mut(0));
                if let Some(main) = main.and_then(Value::as_object_mut) {
                    set(main, member, value);
                }
            })
            .map(drop),
        OfService::TaskDefinition(member, value) => {
            by_hand.change_task_definition(name, |content| set(&mut content.0, member, value)).map(drop)
        }
        OfService::Setting(member, value) => by_hand.change_settings(name, |settings| {
            if *member == "capacityProviderStrategy" {
                settings.remove("launchType");
            }
            set(settings, member, value);
        }),
        OfService::Deployment(member, value) => by_hand.change_settings(name, |settings| {
            if let Some(deployment) = settings.get_mut("deploymentConfiguration").and_then(Value::as_object_mut) {
                // A rolling deployment has no hooks.
                if *value == json!("ROLLING") {
                    deployment.remove("lifecycleHooks");
                }
                set(deployment, member, value);
            }
        }),
        OfService::Variable => by_hand.set_environment_variable(name, "BY", "hand").map(drop),
        OfService::Count(count) => by_hand.set_desired_count(name, *count),
        OfService::Tag => by_hand.tag(name, "cost", "by hand"),
        OfService::Untag => by_hand.untag(name, "cost"),
        OfService::Delete => by_hand.delete_service(name),
        OfService::DeregisterTaskDefinition => match live(account, name).await {
            Some(service) => by_hand.deregister_task_definition(&service.task_definition.arn),
            None => Ok(()),
        },
        OfService::KillTask => by_hand.kill_task(name).map(drop),
        OfService::RollBack => by_hand.roll_back(name),
        OfService::Bounds(minimum, maximum) => by_hand.change_scaling(name, |scaling| {
            set(&mut scaling.target, "MinCapacity", &json!(minimum));
            set(&mut scaling.target, "MaxCapacity", &json!(maximum));
        }),
        OfService::Suspend => if_scaled(account, name, |scaling| {
            set(&mut scaling.target, "SuspendedState", &json!({"ScheduledScalingSuspended": true}));
        })
        .await,
        OfService::Policy => if_scaled(account, name, |scaling| {
            let target = json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration":
                {"TargetValue": 33.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}});
            scaling.policies.insert("by-hand".to_owned(), target.as_object().cloned().unwrap_or_default());
        })
        .await,
        OfService::ScheduledAction => if_scaled(account, name, |scaling| {
            let action = json!({"Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 1}});
            scaling.scheduled_actions.insert("by-hand".to_owned(), action.as_object().cloned().unwrap_or_default());
        })
        .await,
        OfService::NoPolicies => if_scaled(account, name, |scaling| scaling.policies.clear()).await,
        OfService::NoScaling => by_hand.remove_scaling(name),
        OfService::Rule(edit) => of_rule_by_hand(account, name, edit).await,
    }
}

async fn live(account: &SimulatedAccount, name: &str) -> Option<ObservedService> {
    let names = [name.to_owned()];
    let live = account.cloud().containers.describe_services(CLUSTER, &names).await;
    live.ok()?.into_iter().next()
}

/// There are policies and actions of scalable targets alone.
async fn if_scaled(
    account: &SimulatedAccount,
    name: &str,
    change: impl FnOnce(&mut ScalingSettings),
) -> Result<(), CloudError> {
    let scaling = account.cloud().scaling.scaling(CLUSTER).await?;
    if scaling.contains_key(name) { account.by_hand(CLUSTER).change_scaling(name, change) } else { Ok(()) }
}

async fn of_rule_by_hand(account: &SimulatedAccount, name: &str, edit: &OfRule) -> Result<(), CloudError> {
    let service = live(account, name).await;
    let rule = service.as_ref().and_then(|service| {
        let balancers = service.settings.0.get("loadBalancers")?;
        balancers.pointer("/0/advancedConfiguration/productionListenerRule")?.as_str()
    });
    let Some(rule) = rule else { return Ok(()) };
    let by_hand = account.by_hand(CLUSTER);
    match edit {
        OfRule::Priority => by_hand.change_listener_rule(rule, |rule| rule.priority += 5000),
        OfRule::Path => by_hand.change_listener_rule(rule, |rule| rule.path = "/by-hand/*".to_owned()),
        OfRule::Stranger => by_hand.change_listener_rule(rule, |rule| {
            rule.weights.insert(target_group("by-hand"), 1);
        }),
        OfRule::Foreign => by_hand.change_listener_rule(rule, |rule| rule.foreign = true),
        OfRule::Delete => by_hand.delete_listener_rule(rule),
    }
}

fn of_schedule_by_hand(account: &SimulatedAccount, task: &str, edit: &OfSchedule) -> Result<(), CloudError> {
    let by_hand = account.by_hand(CLUSTER);
    let name = format!("dev-{task}");
    let set = |member: &str, value: Value| {
        by_hand.change_schedule(SCHEDULES, &name, |schedule| {
            schedule.0.insert(member.to_owned(), value);
        })
    };
    match edit {
        OfSchedule::At => set("ScheduleExpression", json!("rate(9 days)")),
        OfSchedule::Disable => set("State", json!("DISABLED")),
        OfSchedule::Target(member, value) => by_hand.change_schedule(SCHEDULES, &name, |schedule| {
            if let Some(target) = schedule.0.get_mut("Target").and_then(Value::as_object_mut) {
                match value {
                    Value::Null => drop(target.shift_remove(*member)),
                    value => drop(target.insert((*member).to_owned(), value.clone())),
                }
            }
        }),
        OfSchedule::Delete => by_hand.delete_schedule(SCHEDULES, &name),
    }
}
