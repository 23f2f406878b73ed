use sha2::{Digest as _, Sha256};

use crate::images::hexadecimal;

/// ARNs of one account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arns {
    /// Twelve digits.
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Arns {
    pub(crate) fn service(&self, cluster: &str, service: &str) -> String {
        self.ecs(&format!("service/{cluster}/{service}"))
    }

    pub(crate) fn service_deployment(&self, cluster: &str, service: &str, id: &str) -> String {
        self.ecs(&format!("service-deployment/{cluster}/{service}/{id}"))
    }

    pub(crate) fn service_revision(&self, cluster: &str, service: &str, id: &str) -> String {
        self.ecs(&format!("service-revision/{cluster}/{service}/{id}"))
    }

    pub(crate) fn task(&self, cluster: &str, id: &str) -> String {
        self.ecs(&format!("task/{cluster}/{id}"))
    }

    pub(crate) fn task_definition(&self, family: &str, revision: usize) -> String {
        self.ecs(&format!("task-definition/{family}:{revision}"))
    }

    pub(crate) fn caller(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/slipway-deploy/simulated", self.account)
    }

    /// ARN of the secret at a place, `ssm:/path` or `secretsmanager:name`. The six characters that Secrets Manager adds
    /// depend on the name alone.
    pub(crate) fn secret(&self, place: &str) -> String {
        match place.strip_prefix("secretsmanager:") {
            Some(name) => {
                let added = &hexadecimal(&Sha256::digest(name))[..6];
                format!("arn:aws:secretsmanager:{}:{}:secret:{name}-{added}", self.region, self.account)
            }
            None => self.parameter(place.strip_prefix("ssm:").unwrap_or(place)),
        }
    }

    /// ARN of a parameter, whose name may begin with a slash or not.
    pub(crate) fn parameter(&self, name: &str) -> String {
        format!("arn:aws:ssm:{}:{}:parameter/{}", self.region, self.account, name.trim_start_matches('/'))
    }

    /// ARN of a rule of a listener.
    pub(crate) fn listener_rule(listener_arn: &str, id: &str) -> String {
        format!("{}/{id}", listener_arn.replacen(":listener/", ":listener-rule/", 1))
    }

    pub(crate) fn scaling_policy(&self, cluster: &str, service: &str, name: &str, id: &str) -> String {
        let resource = format!("resource/ecs/service/{cluster}/{service}:policyName/{name}");
        format!("arn:aws:autoscaling:{}:{}:scalingPolicy:{id}:{resource}", self.region, self.account)
    }

    fn ecs(&self, resource: &str) -> String {
        format!("arn:aws:ecs:{}:{}:{resource}", self.region, self.account)
    }
}
