use ops_engine::cloud::TargetGroup;
use ops_engine::observe::today;
use ops_model::platform::{PLATFORM_KEY, Platform, PlatformSite};
use ops_model::site::{ErrorResponse, ObservedDistribution};
use serde_json::Value;

use crate::account::SimulatedAccount;
use crate::edge::Distribution;

/// Port of a target group whose service the contract does not tell the port of.
const PORT: u16 = 80;

impl SimulatedAccount {
    /// Makes what Terraform makes: the cluster, security groups, target groups, the listener, log groups, roles, the group of
    /// the schedules, the database's secret, buckets and distributions of sites, and the ops bucket with the platform contract in
    /// it. May be done again.
    ///
    /// # Errors
    ///
    /// When the platform cannot be written as JSON.
    pub fn provision(&self, platform: &Platform, ops_bucket: &str) -> Result<(), serde_json::Error> {
        self.create_cluster(&platform.cluster.name);
        let today = today(&self.clock());
        self.change(|state| state.apply_firewall(platform, today));
        if let Some(load_balancer) = &platform.load_balancer {
            self.create_listener(&load_balancer.listener_arn);
        }
        for (name, service) in &platform.services {
            let shift = service.traffic_shift.as_ref();
            let alternate = shift.map(|shift| &shift.alternate_target_group_arn);
            for arn in service.target_group_arn.iter().chain(alternate) {
                self.create_target_group(arn, target_group(platform, name));
            }
            if let Some(shift) = shift {
                self.create_listener(&shift.listener_arn);
                self.create_role(&shift.role_arn, &["ecs.amazonaws.com"]);
            }
            self.create_log_group(&service.log_group);
            self.create_task_roles(&service.execution_role_arn, &service.task_role_arn);
        }
        for task in platform.tasks.values() {
            self.create_log_group(&task.log_group);
            self.create_task_roles(&task.execution_role_arn, &task.task_role_arn);
        }
        if let Some(schedules) = &platform.schedules {
            self.create_schedule_group(&schedules.group);
            self.create_role(&schedules.role_arn, &["scheduler.amazonaws.com"]);
        }
        if let Some(database) = &platform.database {
            self.change(|state| {
                if !state.secrets.contains(&database.secret_arn) {
                    state.secrets.put(&database.secret_arn);
                }
            });
        }
        for (name, site) in &platform.sites {
            self.create_site(platform, name, site);
        }
        self.create_bucket(ops_bucket);
        if platform.record_lock_days().is_some() {
            self.enable_object_lock(ops_bucket);
        }
        self.put_object(ops_bucket, PLATFORM_KEY, serde_json::to_vec_pretty(platform)?);
        Ok(())
    }

    /// A distribution that is there stays as somebody may have set it by hand, with what its edges keep.
    fn create_site(&self, platform: &Platform, name: &str, site: &PlatformSite) {
        let declared = platform.applied_from.get("sites").and_then(|sites| sites.get(name));
        let text = |key: &str| declared.and_then(|site| site.get(key)).and_then(Value::as_str);
        let entry = text("entry").unwrap_or("index.html");
        let page = text("error_page").map(|page| format!("/{page}"));
        let backend = declared.and_then(|site| site.get("backend")).and_then(Value::as_array);
        let paths = backend.into_iter().flatten().filter_map(Value::as_str);
        let settings = ObservedDistribution {
            enabled: true,
            deployed: true,
            default_root_object: entry.to_owned(),
            error_responses: vec![ErrorResponse { code: 404, answered_as: page.is_some().then_some(404), page }],
            origin_domain: format!("{}.s3.{}.amazonaws.com", site.bucket, platform.region),
            origin_access_control: format!("E{name}"),
            viewer_protocol: "redirect-to-https".to_owned(),
            other_behaviours: paths.map(str::to_owned).collect(),
        };
        let mut inside = self.lock();
        if !inside.distributions.contains_key(&site.distribution_id) {
            inside.buckets.block_public_access(&site.bucket);
            let distribution = Distribution::new(&site.bucket, settings);
            inside.distributions.insert(site.distribution_id.clone(), distribution);
        }
    }

    fn create_task_roles(&self, execution_role_arn: &str, task_role_arn: &str) {
        for arn in [execution_role_arn, task_role_arn] {
            self.create_role(arn, &["ecs-tasks.amazonaws.com"]);
        }
    }
}

/// As Terraform makes it from the declaration that it was applied from.
fn target_group(platform: &Platform, service: &str) -> TargetGroup {
    let declared = platform.applied_from.get("services").and_then(|services| services.get(service));
    let port = declared.and_then(|service| service.get("port")).and_then(Value::as_u64);
    let health = declared.and_then(|service| service.pointer("/public/health/path")).and_then(Value::as_str);
    TargetGroup {
        port: port.and_then(|port| u16::try_from(port).ok()).unwrap_or(PORT),
        health_path: Some(health.unwrap_or("/").to_owned()),
        by_address: true,
        vpc_id: Some(platform.vpc_id.clone()),
    }
}
