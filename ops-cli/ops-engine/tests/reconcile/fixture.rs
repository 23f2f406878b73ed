//! A declared environment and the simulated account that it is deployed to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ops_engine::cloud::{Cloud, WriteCondition};
use ops_engine::event::EventSink;
use ops_engine::history;
use ops_engine::reconcile::{ReconcileError, ReconcileRequest, reconcile, survey};
use ops_model::declaration::{Declaration, SourceFile, read};
use ops_model::plan::Plan;
use ops_model::platform::{PLATFORM_VERSION, Platform};
use ops_model::record::Record;
use ops_sim::{ByHand, ImageBehaviour, SimulatedAccount};
use serde_json::json;
use tokio_util::sync::CancellationToken;

pub(crate) const BUCKET: &str = "dev-ops";
pub(crate) const CLUSTER: &str = "slipway-dev";
const REPOSITORY: &str = "registry.example/slipway/app";

pub(crate) struct Fixture {
    pub(crate) account: SimulatedAccount,
    pub(crate) declaration: Declaration,
}

/// How an environment is declared: what is behind the load balancer, and what comes after it.
#[derive(Clone, Copy)]
pub(crate) struct Declared<'a> {
    /// Digit that the digest of the build consists of.
    pub(crate) build: char,
    pub(crate) count: u32,
    pub(crate) timeout_seconds: u32,
    pub(crate) grace_seconds: u32,
    pub(crate) services: &'a [&'a str],
    pub(crate) lock_days: Option<u32>,
}

impl Default for Declared<'_> {
    fn default() -> Self {
        Self {
            build: 'a',
            count: 2,
            timeout_seconds: 900,
            grace_seconds: 30,
            services: &["api", "worker"],
            lock_days: None,
        }
    }
}

impl Declared<'_> {
    fn environment(&self) -> String {
        let mut text = r#"
version: 1
environment: dev
account: "000000000000"
region: ap-northeast-2
ops_bucket: dev-ops
network: { cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }
load_balancer: { port: 80 }
firewall:
  load_balancer: [{ from: internet, port: 80 }]
"#
        .to_owned();
        if self.services.contains(&"api") {
            text.push_str("  api: [{ from: load_balancer, port: 8080 }]\n");
        }
        if let Some(days) = self.lock_days {
            text.push_str(&format!("records: {{ lock_days: {days} }}\n"));
        }
        text.push_str(if self.services.is_empty() { "services: {}\n" } else { "services:\n" });
        for service in self.services {
            let Self { count, timeout_seconds, grace_seconds, .. } = self;
            let rest = if *service == "api" {
                "    port: 8080\n    public: { path: /* }\n".to_owned()
            } else {
                "    after: [api]\n".to_owned()
            };
            text.push_str(&format!(
                "  {service}:\n    artifact: app\n    cpu: 256\n    memory: 512\n    count: {count}\n    deployment: {{ timeout_seconds: {timeout_seconds}, grace_seconds: {grace_seconds} }}\n{rest}"
            ));
        }
        text
    }

    pub(crate) fn read(&self) -> Declaration {
        let digest = self.build.to_string().repeat(64);
        let builds = format!(
            "version: 1\nartifacts:\n  app:\n    image: {REPOSITORY}\n    digest: sha256:{digest}\n    version: 1.0.{}\n",
            u32::from(self.build)
        );
        let file = |name: &str, text: String| SourceFile::new(name, text);
        read("dev", &file("environment.yaml", self.environment()), &file("builds.yaml", builds))
            .unwrap_or_else(|faults| panic!("{faults}: {:?}", faults.faults))
    }
}

impl Fixture {
    /// Provisioned, with images a, b and c that are healthy; nothing runs yet.
    pub(crate) fn new() -> Self {
        let declaration = Declared::default().read();
        let account = SimulatedAccount::new();
        for build in ['a', 'b', 'c'] {
            account.push_image(&image(build), ImageBehaviour::Healthy { start: Duration::from_secs(3) });
        }
        account.provision(&platform(&declaration), BUCKET).expect("a platform serialises");
        Self { account, declaration }
    }

    /// As declared, and running.
    pub(crate) async fn deployed() -> Self {
        let fixture = Self::new();
        let record = fixture.reconcile().await;
        assert!(record.outcome.is_success(), "{record:?}");
        fixture
    }

    /// From now on this is declared, and Terraform has been applied to it.
    pub(crate) fn declare(&mut self, declared: Declared<'_>) {
        self.declaration = declared.read();
        self.account.provision(&platform(&self.declaration), BUCKET).expect("a platform serialises");
    }

    pub(crate) fn by_hand(&self) -> ByHand<'_> {
        self.account.by_hand(CLUSTER)
    }

    pub(crate) fn request(&self) -> ReconcileRequest {
        ReconcileRequest {
            declaration: self.declaration.clone(),
            commit: "c0ffee".to_owned(),
            agreed: None,
            allow_deletions: false,
            patience_for_lease: Duration::ZERO,
        }
    }

    pub(crate) async fn try_reconcile(
        &self,
        request: ReconcileRequest,
        cancelled: CancellationToken,
    ) -> Result<Record, ReconcileError> {
        let clock = Arc::new(self.account.clock());
        reconcile(&self.cloud(), clock, request, EventSink::silent(), cancelled).await
    }

    pub(crate) async fn reconcile(&self) -> Record {
        self.try_reconcile(self.request(), CancellationToken::new()).await.expect("the reconcile has a verdict")
    }

    pub(crate) fn cloud(&self) -> Cloud {
        self.account.cloud()
    }

    pub(crate) async fn plan(&self) -> Plan {
        survey(&self.cloud(), &self.declaration).await.expect("the account can be read").plan
    }

    pub(crate) async fn records(&self) -> Vec<Record> {
        history::newest(self.cloud().objects.as_ref(), BUCKET, 100).await.expect("the records can be read")
    }

    /// What was asked of ECS since `seen`, one line a call.
    pub(crate) fn writes_since(&self, seen: usize) -> String {
        let writes = self.account.container_writes();
        writes[seen..].iter().map(|write| format!("{write}\n")).collect()
    }

    pub(crate) fn write_count(&self) -> usize {
        self.account.container_writes().len()
    }

    /// Puts an object where it is not supposed to be yet.
    pub(crate) async fn put(&self, key: &str, body: &str) {
        let body = body.as_bytes().to_vec();
        let put = self.cloud().objects.put(BUCKET, key, body, WriteCondition::Absent).await;
        put.expect("the object can be written");
    }
}

pub(crate) fn image(build: char) -> String {
    format!("{REPOSITORY}@sha256:{}", build.to_string().repeat(64))
}

/// What Terraform makes of a declaration.
pub(crate) fn platform(declaration: &Declaration) -> Platform {
    let services = declaration.environment.services.iter().map(|(name, service)| {
        let target_group = service.public.as_ref().map(|_| format!("arn:aws:elasticloadbalancing:target-group/{name}"));
        let service = json!({
            "subnet_ids": ["subnet-a", "subnet-b"], "security_group_ids": [format!("sg-{name}")],
            "assign_public_ip": true, "execution_role_arn": format!("arn:aws:iam::role/{name}-execution"),
            "task_role_arn": format!("arn:aws:iam::role/{name}-task"), "log_group": format!("/slipway/dev/{name}"),
            "target_group_arn": target_group,
        });
        (name.clone(), service)
    });
    let names = declaration.environment.services.keys();
    let security_groups: BTreeMap<_, _> = names.map(|name| (name, format!("sg-{name}"))).collect();
    serde_json::from_value(json!({
        "version": PLATFORM_VERSION, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
        "declaration_sha256": declaration.sha256, "applied_from": declaration.slow_part, "vpc_id": "vpc-1",
        "security_groups": security_groups,
        "cluster": {
            "name": CLUSTER, "arn": "arn:aws:ecs:cluster/slipway-dev",
            "namespace_arn": "arn:aws:servicediscovery:namespace/slipway-dev",
        },
        "repositories": {}, "services": services.collect::<serde_json::Map<_, _>>(),
        "queues": {}, "sites": {}, "uploads": {},
    }))
    .expect("the platform is valid")
}
