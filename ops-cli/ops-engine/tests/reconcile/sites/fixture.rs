//! A declared site, builds of it, and the browsers that look at it.

use std::sync::Arc;
use std::time::Duration;

use ops_engine::bundle::Stored;
use ops_engine::cloud::{Cloud, Objects as _};
use ops_engine::event::EventSink;
use ops_engine::permission::Permission;
use ops_engine::reconcile::{ReconcileError, ReconcileRequest, reconcile, survey};
use ops_engine::scenarios::Scenarios;
use ops_model::declaration::{Declaration, SourceFile, read};
use ops_model::plan::Plan;
use ops_model::record::Record;
use ops_model::site::{CURRENT_KEY, CurrentBuild};
use ops_sim::{ByHand, Served, SimulatedAccount};
use ops_trials::bundle;
pub(crate) use ops_trials::bundle::{Files, build};
use tokio_util::sync::CancellationToken;

use crate::fixture::{BUCKET, CLUSTER, HEALTHY, image, platform};

pub(crate) const SITE_BUCKET: &str = "site-web";
pub(crate) const DISTRIBUTION: &str = "Eweb";

/// The same with a variant of each file, in which is the text itself, and with data that no order of names puts before the
/// entry page that loads it.
pub(crate) fn packed(version: u32) -> Files {
    let later = |text: String| text.replace("data.json", "words.json");
    let files = build(version).into_iter().map(|(path, text)| (later(path), later(text)));
    files.flat_map(|(path, text)| [(format!("{path}.br"), text.clone()), (path, text)]).collect()
}

pub(crate) struct SiteFixture {
    pub(crate) account: SimulatedAccount,
    pub(crate) declaration: Declaration,
    settings: String,
    build: Option<(u32, Stored)>,
    beside: Beside,
}

/// What is declared beside the site.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside {
    /// Digit that the digest of the service's image consists of. `None`: there is no service.
    pub(crate) service: Option<char>,
    /// Whether a scenario takes back what it is not content with.
    pub(crate) scenario: bool,
}

impl SiteFixture {
    /// Declared and provisioned; there is no build.
    pub(crate) fn new() -> Self {
        Self::declaring("")
    }

    /// `settings`: what else is said of the site, `keep_builds: 2`.
    pub(crate) fn declaring(settings: &str) -> Self {
        let account = SimulatedAccount::new();
        for build in ['a', 'b'] {
            account.push_image(&image(build), HEALTHY);
        }
        let declaration = declaration(settings, None, Beside::default());
        account.provision(&platform(&declaration), BUCKET).expect("a platform serialises");
        Self { account, declaration, settings: settings.to_owned(), build: None, beside: Beside::default() }
    }

    /// With the first build published.
    pub(crate) async fn published() -> Self {
        let mut fixture = Self::new();
        fixture.promote(1, &build(1)).await;
        let record = fixture.reconcile().await;
        assert!(record.outcome.is_success(), "{record:?}");
        fixture
    }

    /// Stores a build and declares it.
    pub(crate) async fn promote(&mut self, version: u32, files: &Files) {
        let site = &self.declaration.environment.sites["web"];
        let stored = bundle::store(&self.account, site, files).await.expect("a bundle");
        self.declare(version, stored);
    }

    pub(crate) fn declare(&mut self, version: u32, stored: Stored) {
        self.build = Some((version, stored));
        self.redeclare();
    }

    /// Says something else of the site.
    pub(crate) fn set(&mut self, settings: &str) {
        self.settings = settings.to_owned();
        self.redeclare();
    }

    /// From now on this is declared beside the site.
    pub(crate) fn beside(&mut self, beside: Beside) {
        self.beside = beside;
        self.redeclare();
    }

    fn redeclare(&mut self) {
        let build = self.build.as_ref().map(|(version, stored)| (*version, stored));
        self.declaration = declaration(&self.settings, build, self.beside);
        self.account.provision(&platform(&self.declaration), BUCKET).expect("a platform serialises");
    }

    pub(crate) fn stored(&self) -> Stored {
        self.build.as_ref().map(|(_, stored)| stored.clone()).expect("a build was promoted")
    }

    pub(crate) fn cloud(&self) -> Cloud {
        self.account.cloud()
    }

    pub(crate) fn by_hand(&self) -> ByHand<'_> {
        self.account.by_hand(CLUSTER)
    }

    pub(crate) fn request(&self) -> ReconcileRequest {
        ReconcileRequest {
            declaration: self.declaration.clone(),
            commit: "c0ffee".to_owned(),
            agreed: None,
            permission: Permission::default(),
            only: Vec::new(),
            scenarios: self.scenarios(),
            verify_again: false,
            patience_for_lease: Duration::from_secs(120),
        }
    }

    pub(crate) fn scenarios(&self) -> Scenarios {
        let names = self.declaration.environment.scenarios.keys();
        Scenarios { runner: self.account.scenarios(), texts: names.map(|name| (name.clone(), String::new())).collect() }
    }

    pub(crate) async fn try_reconcile(&self) -> Result<Record, ReconcileError> {
        self.try_request(self.request()).await
    }

    pub(crate) async fn try_request(&self, request: ReconcileRequest) -> Result<Record, ReconcileError> {
        let (cloud, clock) = (self.cloud(), Arc::new(self.account.clock()));
        reconcile(&cloud, clock, request, EventSink::silent(), CancellationToken::new()).await
    }

    pub(crate) async fn reconcile(&self) -> Record {
        self.try_reconcile().await.expect("the reconcile has a verdict")
    }

    /// One reconcile whose process is gone after so many calls. `false`: it had ended before.
    pub(crate) async fn kill_after(&self, calls: u32) -> bool {
        self.account.faults().crash_after(calls);
        let crashed = self.account.faults().crashed();
        let killed = tokio::select! {
            _ = self.try_reconcile() => false,
            () = crashed => true,
        };
        self.account.faults().revive();
        killed
    }

    pub(crate) async fn plan(&self) -> Plan {
        survey(&self.cloud(), &self.account.clock(), &self.declaration).await.expect("the account can be read").plan
    }

    /// What was asked of the bucket and the distribution since `seen`, one line a call.
    pub(crate) fn writes_since(&self, seen: usize) -> String {
        let writes = self.account.writes();
        let of_site = writes[seen..].iter().filter(|write| write.is_of_a_site());
        of_site.map(|write| format!("{write}\n")).collect()
    }

    pub(crate) fn write_count(&self) -> usize {
        self.account.writes().len()
    }

    pub(crate) fn browse(&self, path: &str) -> Served {
        self.account.browse(DISTRIBUTION, path)
    }

    /// Text that a browser gets.
    pub(crate) fn text(&self, path: &str) -> String {
        let served = self.browse(path);
        assert_eq!(served.status, 200, "{path}");
        String::from_utf8(served.body).expect("text")
    }

    pub(crate) async fn current(&self) -> Option<CurrentBuild> {
        let object = self.account.get(SITE_BUCKET, CURRENT_KEY).await.expect("readable")?;
        Some(serde_json::from_slice(&object.body).expect("a document"))
    }
}

fn declaration(settings: &str, build: Option<(u32, &Stored)>, beside: Beside) -> Declaration {
    let Beside { service, scenario } = beside;
    let services = match service {
        None => "services: {}",
        Some(_) => "services: { worker: { artifact: app, cpu: 256, memory: 512, count: 1 } }",
    };
    let scenarios = match scenario {
        true => "scenarios: { pages: { file: infra/scenarios/pages.hurl, base: web, after_failure: roll_back } }",
        false => "",
    };
    let environment = format!(
        r#"
version: 1
environment: dev
account: "000000000000"
region: ap-northeast-2
ops_bucket: dev-ops
network: {{ cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }}
sites:
  web: {{ artifact: web, {settings} }}
{services}
{scenarios}
"#
    );
    let bundle = build.map(|(version, stored)| {
        format!("  web: {{ bundle: {}, digest: {}, version: {version}.0.0 }}\n", stored.place, stored.digest)
    });
    let image = service.map(|build| {
        let image = image(build);
        let (repository, digest) = image.split_once('@').expect("a digest");
        format!("  app: {{ image: {repository}, digest: {digest}, version: 1.0.{} }}\n", u32::from(build))
    });
    let artifacts: String = bundle.into_iter().chain(image).collect();
    let artifacts =
        if artifacts.is_empty() { "artifacts: {}\n".to_owned() } else { format!("artifacts:\n{artifacts}") };
    let file = |name: &str, text: String| SourceFile::new(name, text);
    read("dev", &file("environment.yaml", environment), &file("builds.yaml", format!("version: 1\n{artifacts}")))
        .unwrap_or_else(|faults| panic!("{faults}: {:?}", faults.faults))
}
