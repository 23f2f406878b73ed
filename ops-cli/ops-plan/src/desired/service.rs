use std::collections::BTreeMap;

use ops_model::declaration::{Builds, Connect, ConnectProtocol, Environment, Scaling, Service, Strategy, Workload};
use ops_model::observation::{ObservedSecret, ServiceSettings};
use ops_model::plan::LISTENER_RULE_TO_COME;
use ops_model::platform::{Platform, PlatformService, TrafficShift};
use ops_model::task_definition::TaskDefinition;
use serde_json::{Map, Value, json};

use super::capacity::capacity;
use super::container::{Surroundings, put};
use super::deployment::{deployment_configuration, rollout_timeout_seconds};
use super::merge::merge;
use super::secret::Secrets;
use super::task_definition::{Roles, Subject, render};
use super::{Bounds, Waits, family, main_container};

/// A service as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredService {
    pub task_definition: TaskDefinition,
    pub main_container: String,
    /// Without the number of tasks.
    pub settings: ServiceSettings,
    pub count: Count,
    pub tags: BTreeMap<String, String>,
    /// What has to be there for ECS to move its traffic.
    pub traffic_shift: Option<TrafficShift>,
    pub timeout_seconds: u32,
}

/// Whose the number of tasks is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The declaration's.
    Declared(u32),
    /// Application Auto Scaling's, from and to.
    Scaled { minimum: u32, maximum: u32 },
    /// Somebody else's.
    NotOwned,
}

impl Count {
    /// How many tasks a service is created with.
    #[must_use]
    pub fn at_first(self) -> u32 {
        match self {
            Self::Declared(count) => count,
            Self::Scaled { minimum, .. } => minimum,
            Self::NotOwned => 1,
        }
    }

    /// What a live number has to become; `None` when it is as it should be.
    #[must_use]
    pub fn correction(self, live: u32) -> Option<u32> {
        let wanted = match self {
            Self::Declared(count) => count,
            Self::Scaled { minimum, maximum } => live.clamp(minimum, maximum.max(minimum)),
            Self::NotOwned => live,
        };
        (wanted != live).then_some(wanted)
    }
}

/// What a service is rendered from, beside its declaration.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    pub environment: &'a Environment,
    pub builds: &'a Builds,
    pub platform: &'a Platform,
    pub secrets: &'a BTreeMap<String, ObservedSecret>,
}

/// Renders a declared service. `listener_rule_arn`: of the rule that its traffic is moved by, once it is there.
///
/// # Errors
///
/// What it still waits for.
pub fn desired_service(
    given: Given<'_>,
    name: &str,
    declared: &Service,
    listener_rule_arn: Option<&str>,
) -> Result<DesiredService, Waits> {
    // Destructured without `..`, so that a new field has to be decided on here.
    let Service {
        workload,
        count,
        public,
        connect,
        exec,
        deployment,
        scaling,
        // The order of the plan.
        after: _,
        overrides,
    } = declared;
    let surroundings = given.platform.services.get(name).ok_or(Waits::ForTerraform)?;
    let task_definition = render(&Subject {
        main_container: main_container(name, workload),
        family: family(given.platform, name, workload),
        workload,
        connect: connect.as_ref(),
        builds: given.builds,
        roles: Roles { execution: &surroundings.execution_role_arn, task: &surroundings.task_role_arn },
        surroundings: Surroundings {
            secrets: Secrets { environment: given.environment, platform: given.platform, observed: given.secrets },
            log_group: &surroundings.log_group,
            region: &given.environment.region,
            workload: name,
        },
        overrides: &overrides.task_definition,
    })?;
    let traffic_shift = match (public, deployment.strategy) {
        (None, _) | (Some(_), Strategy::Rolling) => None,
        (Some(_), _) => Some(surroundings.traffic_shift.clone().ok_or(Waits::ForTerraform)?),
    };

    let mut settings = capacity(workload.capacity.as_ref());
    settings.insert("networkConfiguration".to_owned(), network(surroundings));
    settings.insert("schedulingStrategy".to_owned(), json!("REPLICA"));
    settings.insert("deploymentController".to_owned(), json!({"type": "ECS"}));
    settings.insert("deploymentConfiguration".to_owned(), deployment_configuration(deployment));
    settings.insert("platformVersion".to_owned(), json!(workload.platform_version.as_deref().unwrap_or("LATEST")));
    // Tasks carry the service's tags: they are what is billed and what logs are searched by.
    settings.insert("propagateTags".to_owned(), json!("SERVICE"));
    settings.insert("enableECSManagedTags".to_owned(), json!(true));
    put(&mut settings, "enableExecuteCommand", &exec.then_some(true));
    if let (Some(_), Some(port)) = (public, workload.container.port) {
        let target_group = surroundings.target_group_arn.as_ref().ok_or(Waits::ForTerraform)?;
        let mut load_balancer = Map::from_iter([
            ("targetGroupArn".to_owned(), json!(target_group)),
            ("containerName".to_owned(), json!(main_container(name, workload))),
            ("containerPort".to_owned(), json!(port)),
        ]);
        let advanced = traffic_shift.as_ref().map(|TrafficShift { alternate_target_group_arn, role_arn, .. }| {
            json!({
                "alternateTargetGroupArn": alternate_target_group_arn, "roleArn": role_arn,
                "productionListenerRule": listener_rule_arn.unwrap_or(LISTENER_RULE_TO_COME),
            })
        });
        put(&mut load_balancer, "advancedConfiguration", &advanced);
        settings.insert("loadBalancers".to_owned(), json!([load_balancer]));
    }
    let checked = public.is_some() || workload.container.health_check.is_some();
    put(&mut settings, "healthCheckGracePeriodSeconds", &checked.then_some(deployment.grace_seconds));
    let connect = connect.as_ref().map(|connect| service_connect(given.platform, name, workload, connect));
    put(&mut settings, "serviceConnectConfiguration", &connect);
    merge(&mut settings, &overrides.service);

    Ok(DesiredService {
        task_definition,
        main_container: main_container(name, workload).to_owned(),
        settings: ServiceSettings(settings),
        count: owner_of_count(*count, scaling.as_ref()),
        tags: workload.tags.clone(),
        traffic_shift,
        timeout_seconds: rollout_timeout_seconds(deployment),
    })
}

fn owner_of_count(count: Option<u32>, scaling: Option<&Scaling>) -> Count {
    match (scaling, count) {
        (Some(scaling), _) => {
            let Bounds { minimum, maximum } = Bounds::widest(scaling);
            Count::Scaled { minimum, maximum }
        }
        (None, Some(count)) => Count::Declared(count),
        (None, None) => Count::NotOwned,
    }
}

fn network(surroundings: &PlatformService) -> Value {
    network_configuration(&surroundings.subnet_ids, &surroundings.security_group_ids, surroundings.assign_public_ip)
}

/// `networkConfiguration`, as services and tasks take it.
pub(super) fn network_configuration(subnets: &[String], security_groups: &[String], public_address: bool) -> Value {
    let address = if public_address { "ENABLED" } else { "DISABLED" };
    json!({
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": security_groups, "assignPublicIp": address},
    })
}

fn service_connect(platform: &Platform, service: &str, workload: &Workload, declared: &Connect) -> Value {
    let Connect { name, port: connect_port, protocol, idle_timeout_seconds, request_timeout_seconds } = declared;
    let mut document = Map::from_iter([
        ("enabled".to_owned(), json!(true)),
        ("namespace".to_owned(), json!(platform.cluster.namespace_arn)),
    ]);
    if let Some(port) = workload.container.port {
        let discovery = name.as_deref().unwrap_or(service);
        let mut timeout = Map::new();
        put(&mut timeout, "idleTimeoutSeconds", idle_timeout_seconds);
        put(
            &mut timeout,
            "perRequestTimeoutSeconds",
            &request_timeout_seconds.filter(|_| *protocol != ConnectProtocol::Tcp),
        );
        let mut connected = Map::from_iter([
            ("portName".to_owned(), json!(main_container(service, workload))),
            ("discoveryName".to_owned(), json!(discovery)),
            ("clientAliases".to_owned(), json!([{"port": connect_port.unwrap_or(port), "dnsName": discovery}])),
        ]);
        put(&mut connected, "timeout", &(!timeout.is_empty()).then_some(timeout));
        document.insert("services".to_owned(), json!([connected]));
    }
    Value::Object(document)
}
