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

    fn ecs(&self, resource: &str) -> String {
        format!("arn:aws:ecs:{}:{}:{resource}", self.region, self.account)
    }
}
