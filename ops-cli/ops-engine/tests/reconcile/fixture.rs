//! A declared environment and the simulated account that it is deployed to.

use std::collections::BTreeMap;
use std::sync::Arc;

use ops_engine::cloud::{Cloud, WriteCondition};
use ops_engine::continue_rollout::ContinueError;
use ops_engine::event::{Event, EventSink};
use ops_engine::history;
use ops_engine::reconcile::{ReconcileError, ReconcileRequest};
use ops_engine::run_task::{RunTaskError, RunTaskRequest, run_task};
use ops_engine::scenarios::Scenarios;
use ops_model::declaration::{Declaration, PauseEnd, SourceFile, read};
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Kind, Plan};
use ops_model::record::Record;
use ops_sim::{ByHand, SimulatedAccount};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use ops_trials::drawn::Drawn;
use ops_trials::reconciler;

pub(crate) use ops_trials::images::{HEALTHY, MIGRATES, artifacts, image, migrations};
pub(crate) use ops_trials::platform::{BUCKET, CLUSTER, LISTENER, SCHEDULES, platform, target_group};

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
    /// Of `api`.
    pub(crate) port: u16,
    /// Whether `migrate`, an image of its own, runs before `api`.
    pub(crate) migrate: bool,
    /// What else is said of `api`: lines without indentation.
    pub(crate) api: &'a str,
    /// What else is said of its deployment: `strategy: canary, ...`.
    pub(crate) deployment: &'a str,
    /// The same of `worker`'s.
    pub(crate) worker_deployment: &'a str,
    /// Other tasks: lines without indentation.
    pub(crate) tasks: &'a str,
    pub(crate) lock_days: Option<u32>,
    /// Scenarios: lines without indentation.
    pub(crate) scenarios: &'a str,
    /// Gates of the environment: lines without indentation.
    pub(crate) gates: &'a str,
}

impl Default for Declared<'_> {
    fn default() -> Self {
        Self {
            build: 'a',
            count: 2,
            timeout_seconds: 900,
            grace_seconds: 30,
            services: &["api", "worker"],
            port: 8080,
            migrate: false,
            api: "",
            deployment: "",
            worker_deployment: "",
            tasks: "",
            lock_days: None,
            scenarios: "",
            gates: "",
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
            text.push_str(&format!("  api: [{{ from: load_balancer, port: {} }}]\n", self.port));
        }
        if let Some(days) = self.lock_days {
            text.push_str(&format!("records: {{ lock_days: {days} }}\n"));
        }
        if !self.scenarios.is_empty() {
            text.push_str(&format!("scenarios:\n{}", indented(self.scenarios, 2)));
        }
        if !self.gates.is_empty() {
            text.push_str(&format!("gates:\n{}", indented(self.gates, 2)));
        }
        if self.migrate || !self.tasks.is_empty() {
            text.push_str("tasks:\n");
        }
        if self.migrate {
            text.push_str(
                "  migrate: { artifact: migrations, cpu: 256, memory: 512, timeout_seconds: 120, before: [api] }\n",
            );
        }
        text.push_str(&indented(self.tasks, 2));
        text.push_str(if self.services.is_empty() { "services: {}\n" } else { "services:\n" });
        for service in self.services {
            let Self { count, timeout_seconds, grace_seconds, .. } = self;
            let (rest, deployment) = if *service == "api" {
                (
                    format!("    port: {}\n    public: {{ path: /* }}\n{}", self.port, indented(self.api, 4)),
                    self.deployment,
                )
            } else {
                ("    after: [api]\n".to_owned(), self.worker_deployment)
            };
            // Who scales owns the count.
            let count = if rest.contains("scaling:") { String::new() } else { format!("    count: {count}\n") };
            text.push_str(&format!(
                "  {service}:\n    artifact: app\n    cpu: 256\n    memory: 512\n{count}    deployment: {{ timeout_seconds: {timeout_seconds}, grace_seconds: {grace_seconds}, {deployment} }}\n{rest}"
            ));
        }
        text
    }

    pub(crate) fn read(&self) -> Declaration {
        let builds = artifacts(self.build, self.migrate || self.tasks.contains("migrations"));
        let file = |name: &str, text: String| SourceFile::new(name, text);
        read("dev", &file("environment.yaml", self.environment()), &file("builds.yaml", builds))
            .unwrap_or_else(|faults| panic!("{faults}: {:?}", faults.faults))
    }
}

impl Fixture {
    /// Provisioned as declared by default.
    pub(crate) fn new() -> Self {
        Self::of(Declared::default().read())
    }

    /// Provisioned, with images a, b and c that are healthy; nothing runs yet.
    pub(crate) fn of(declaration: Declaration) -> Self {
        let account = SimulatedAccount::new();
        for build in ['a', 'b', 'c'] {
            account.push_image(&image(build), HEALTHY);
            account.push_image(&migrations(build), MIGRATES);
        }
        account.provision(&platform(&declaration), BUCKET).expect("a platform serialises");
        Self { account, declaration }
    }

    /// Terraform has been applied to what was drawn. Nothing runs yet.
    pub(crate) fn of_drawn(drawn: &Drawn) -> Self {
        let (account, declaration) = (SimulatedAccount::new(), drawn.read(&BTreeMap::new()));
        Drawn::provision(&account, &declaration);
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
        self.apply(declared.read());
    }

    /// The same of a declaration that was read elsewhere.
    pub(crate) fn apply(&mut self, declaration: Declaration) {
        self.declaration = declaration;
        self.account.provision(&platform(&self.declaration), BUCKET).expect("a platform serialises");
    }

    pub(crate) fn by_hand(&self) -> ByHand<'_> {
        self.account.by_hand(CLUSTER)
    }

    pub(crate) fn request(&self) -> ReconcileRequest {
        reconciler::request(&self.account, &self.declaration)
    }

    /// Run against what runs in the account.
    pub(crate) fn scenarios(&self) -> Scenarios {
        reconciler::scenarios(&self.account, &self.declaration)
    }

    pub(crate) async fn try_reconcile(
        &self,
        request: ReconcileRequest,
        cancelled: CancellationToken,
    ) -> Result<Record, ReconcileError> {
        reconciler::try_reconcile(&self.account, request, EventSink::silent(), cancelled).await
    }

    /// Reconciles, and what was told on the way.
    pub(crate) async fn reconcile_and_listen(&self) -> (Record, Vec<Event>) {
        self.listen_to(self.request()).await
    }

    pub(crate) async fn listen_to(&self, request: ReconcileRequest) -> (Record, Vec<Event>) {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let events = EventSink::new(sender);
        let record = reconciler::try_reconcile(&self.account, request, events, CancellationToken::new()).await;
        let mut told = Vec::new();
        while let Ok(event) = receiver.try_recv() {
            told.push(event);
        }
        (record.expect("the reconcile has a verdict"), told)
    }

    pub(crate) async fn continue_rollout(&self, service: &str, end: PauseEnd) -> Result<Record, ContinueError> {
        reconciler::end_pause(&self.account, &self.declaration, service, end).await
    }

    pub(crate) fn run_request(&self, task: &str) -> RunTaskRequest {
        RunTaskRequest {
            declaration: self.declaration.clone(),
            commit: "c0ffee".to_owned(),
            task: task.to_owned(),
            arguments: Vec::new(),
            stop_on_interrupt: false,
        }
    }

    pub(crate) async fn run(
        &self,
        request: RunTaskRequest,
        cancelled: CancellationToken,
    ) -> Result<(Record, Vec<Event>), RunTaskError> {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let clock = Arc::new(self.account.clock());
        let record = run_task(&self.cloud(), clock, request, EventSink::new(sender), cancelled).await?;
        let mut told = Vec::new();
        while let Ok(event) = receiver.try_recv() {
            told.push(event);
        }
        Ok((record, told))
    }

    pub(crate) async fn reconcile(&self) -> Record {
        self.try_reconcile(self.request(), CancellationToken::new()).await.expect("the reconcile has a verdict")
    }

    pub(crate) fn cloud(&self) -> Cloud {
        self.account.cloud()
    }

    pub(crate) async fn plan(&self) -> Plan {
        reconciler::plan(&self.account, &self.declaration).await.expect("the account can be read")
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

/// Verdicts on the services of a record.
pub(crate) fn outcomes(record: &Record) -> Vec<(&str, Outcome)> {
    let services = record.outcomes.iter().filter(|outcome| outcome.kind == Kind::Service);
    services.map(|outcome| (outcome.name.as_str(), outcome.outcome)).collect()
}

pub(crate) fn outcome<'a>(record: &'a Record, kind: Kind, name: &str) -> &'a ChangeOutcome {
    let found = record.outcomes.iter().find(|outcome| outcome.kind == kind && outcome.name == name);
    found.unwrap_or_else(|| panic!("no outcome of {kind:?} {name}: {record:?}"))
}

/// What tasks wrote while somebody waited for them.
pub(crate) fn log(events: &[Event]) -> Vec<&str> {
    let lines = events.iter().filter_map(|event| match event {
        Event::Log { line, .. } => Some(line.text.as_str()),
        _ => None,
    });
    lines.collect()
}

fn indented(lines: &str, by: usize) -> String {
    lines.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}
