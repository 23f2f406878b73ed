//! The main job from beginning to end, as its users do it: declare, provision, push, reconcile, promote.
//!
//! Everything is real except AWS itself, which is the emulator: git repositories and hooks, Terraform, the `ops`
//! program, images, and containers where the machine can run them.

mod front_end;
mod local_cloud;
mod shell;
mod team_repository;
mod tear_down;

use std::error::Error;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::front_end::FrontEnd;
use self::local_cloud::LocalCloud;
use self::shell::Shell;
pub(crate) use self::team_repository::GIT_ENVIRONMENT;
use self::team_repository::TeamRepository;
use crate::hurl;
use crate::image::{self, AppBinary, AppBuild, Destination};
use crate::ops_binary;
pub use crate::ops_binary::OpsBuild;
use crate::request_loop::{self, RequestLoop};
use crate::terraform::PlanResult;

/// The environments of the demo, in the order of promotion.
const ENVIRONMENTS: [&str; 2] = ["dev", "prod"];
/// The port that a good build listens on.
const PORT: u16 = 8080;
/// The bad build listens on another one than the load balancer asks, and not on that of its metrics: it starts and never becomes healthy.
const WRONG_PORT: u16 = 9999;
/// Longer than any rollout of the demo takes.
const LOOP_LIMIT: Duration = Duration::from_secs(600);

/// How the demo is to run.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Divides AWS's waiting times.
    pub speed: u32,
    pub ops: OpsBuild,
    /// Do not even look for a container engine.
    pub without_containers: bool,
    /// At the end: an empty second Terraform plan, services removed by ops, everything destroyed.
    pub tear_down: bool,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The demo after its last step, still up.
pub struct Finished {
    ops: OpsBuild,
    cloud: LocalCloud,
    repository: TeamRepository,
}

/// Runs the demo. What it started ends when the result, or the error, is dropped.
///
/// # Errors
/// When a step fails, or does not show what it has to.
pub fn run(options: &DemoOptions) -> Result<Finished> {
    let began = Instant::now();
    let mut steps = Steps::default();

    steps.next("Set up: the local AWS, a container engine, ops, app, hurl");
    let ops_folder = ops_binary::compile(options.ops)?;
    let hurl_folder = hurl::ensure()?;
    let binary = AppBinary::compile()?;
    let cloud = LocalCloud::start(options.speed, options.without_containers)?;
    let repository = TeamRepository::create(&ENVIRONMENTS)?;
    let shell = Shell::new(repository.clone_folder(), &[ops_folder, hurl_folder], cloud.environment());

    steps.next("Provision: terraform apply of both environments, side by side. dev is ready first");
    let mut provisioning = cloud.start_provisioning(repository.clone_folder(), &ENVIRONMENTS)?;
    cloud.provisioned(&mut provisioning, "dev")?;
    let dev = cloud.platform("dev")?;
    let dev_url = cloud.version_url(&dev)?;
    let image_repository = text(&dev["repositories"]["slipway/app"])?;

    steps.next("Install the hooks into the team's repository");
    shell.show("ops", &["hook", "install", &repository.bare_folder().to_string_lossy()])?;

    let demo = Demo { shell: &shell, binary: &binary, cloud: &cloud, image_repository };
    steps.next("Build 1.0.0 and push it to dev");
    demo.deploy_to_dev("1.0.0", PORT)?;
    require_outcome(&shell, "dev", "succeeded")?;
    demo.require_version(&dev_url, "1.0.0")?;

    say("its scenarios have passed; they can be run alone, too:");
    shell.show("ops", &["verify", "dev"])?;

    steps.next("Promote what runs healthy in dev to prod");
    cloud.provisioned(&mut provisioning, "prod")?;
    let prod_url = cloud.version_url(&cloud.platform("prod")?)?;
    demo.promote_to_prod()?;
    require_outcome(&shell, "prod", "succeeded")?;
    demo.require_version(&prod_url, "1.0.0")?;

    steps.next("Build 2.0.0 is bad: it starts and never becomes healthy. dev rolls back by itself");
    let requests = cloud.runs_containers().then(|| RequestLoop::start(dev_url.clone(), LOOP_LIMIT));
    demo.deploy_to_dev("2.0.0", WRONG_PORT)?;
    if let Some(requests) = requests {
        let counted = requests.stop();
        say(&format!(
            "meanwhile: {} requests through the load balancer of dev, {} failures, answered by {}",
            counted.requests,
            counted.failures,
            counted.versions.keys().cloned().collect::<Vec<_>>().join(", ")
        ));
        if counted.failures > 0 || counted.versions.len() != 1 {
            return Err(format!("the rollback was felt: {counted:?}").into());
        }
    }
    require_outcome(&shell, "dev", "rolled_back")?;
    demo.require_version(&dev_url, "1.0.0")?;
    demo.require_version(&prod_url, "1.0.0")?;
    say("a build that does not run healthy cannot be promoted:");
    shell.show_refused("ops", &["promote", "dev", "prod"])?;

    steps.next("Build 3.0.0 is good: to dev, then to prod");
    demo.deploy_to_dev("3.0.0", PORT)?;
    require_outcome(&shell, "dev", "succeeded")?;
    demo.promote_to_prod()?;
    require_outcome(&shell, "prod", "succeeded")?;
    demo.require_version(&prod_url, "3.0.0")?;

    steps.next("The web console: 1.0.0, then 2.0.0, then back");
    let front_end = FrontEnd::new(&shell, &cloud, &dev)?;
    front_end.deploy_to_dev("1.0.0")?;
    let first = front_end.open("1.0.0")?;
    front_end.require_one_way_in()?;
    front_end.deploy_to_dev("2.0.0")?;
    let second = front_end.open("2.0.0")?;
    front_end.require_still_served(&first)?;
    front_end.roll_back()?;
    front_end.open("1.0.0")?;
    front_end.require_still_served(&second)?;

    if options.tear_down {
        steps.next("Prove that the second Terraform plan is empty");
        for environment in ENVIRONMENTS {
            if cloud.plan(repository.clone_folder(), environment)? != PlanResult::Empty {
                return Err(format!("a second plan of {environment} is not empty").into());
            }
            say(&format!("terraform plan of {environment}: no changes"));
        }
    }

    steps.next("What runs where");
    shell.show("ops", &["history", "dev"])?;
    shell.show("ops", &["status"])?;
    let status = shell.json("ops", &["status", "--output", "json"])?;
    for environment in ENVIRONMENTS {
        require_running(&status, environment, "3.0.0")?;
    }
    say(&format!("\n3.0.0 runs in dev and prod, {} s after the beginning", began.elapsed().as_secs()));
    Ok(Finished { ops: options.ops, cloud, repository })
}

impl Finished {
    /// How to go on by hand.
    #[must_use]
    pub fn how_to_use(&self) -> String {
        let exports = self.cloud.environment().into_iter().map(|(name, value)| format!("export {name}={value}\n"));
        format!(
            "{}export PATH={}:{}:$PATH\ncd {}\n# then, for example: ops status; ops plan dev; ops history prod\n",
            exports.collect::<String>(),
            self.ops.folder().display(),
            hurl::folder().display(),
            self.repository.clone_folder().display()
        )
    }

    /// Removes everything as a team would: services by ops, the rest by Terraform.
    ///
    /// # Errors
    /// When a step fails or leaves something.
    pub fn tear_down(&self) -> Result<()> {
        let programs = [self.ops.folder(), hurl::ensure()?];
        let shell = Shell::new(self.repository.clone_folder(), &programs, self.cloud.environment());
        tear_down::run(&shell, &self.cloud, &self.repository, &ENVIRONMENTS)
    }
}

struct Demo<'a> {
    shell: &'a Shell,
    binary: &'a AppBinary,
    cloud: &'a LocalCloud,
    image_repository: String,
}

impl Demo<'_> {
    /// What CI does after a merge: build, push the image, put it into dev's builds, push the commit.
    fn deploy_to_dev(&self, version: &str, port: u16) -> Result<()> {
        let commit = self.shell.capture("git", &["rev-parse", "HEAD"])?;
        let build = AppBuild { version: version.to_owned(), commit: commit.clone(), port };
        let destination = Destination { registry: self.cloud.registry(), repository: "slipway/app".to_owned() };
        let digest = image::push(self.binary, &build, &destination, self.cloud.engine())?;
        say(&format!("pushed slipway/app:{version}, {digest}"));
        let image = format!("app={}@{digest}", self.image_repository);
        self.shell.show(
            "ops",
            &["promote", "dev", "--image", &image, "--build-version", version, "--build-commit", &commit],
        )?;
        self.shell.show("git", &["push", "origin", "main"])
    }

    fn promote_to_prod(&self) -> Result<()> {
        self.shell.show("ops", &["promote", "dev", "prod"])?;
        self.shell.show("git", &["push", "origin", "main"])
    }

    /// What the load balancer serves, where tasks are containers.
    fn require_version(&self, url: &str, wanted: &str) -> Result<()> {
        if !self.cloud.runs_containers() {
            return Ok(());
        }
        let found = request_loop::version(url)?;
        if found == wanted { Ok(()) } else { Err(format!("{url} answers with {found}, not {wanted}").into()) }
    }
}

/// What the newest record says.
fn require_outcome(shell: &Shell, environment: &str, wanted: &str) -> Result<()> {
    let history = shell.json("ops", &["history", environment, "--limit", "1", "--output", "json"])?;
    let found = text(&history["records"][0]["outcome"])?;
    if found == wanted { Ok(()) } else { Err(format!("{environment} is {found}, not {wanted}").into()) }
}

/// The status of an environment names the version and nothing that is out of sync.
fn require_running(status: &Value, environment: &str, version: &str) -> Result<()> {
    let environments = status["environments"].as_array().ok_or("the status has no environments")?;
    let found = environments.iter().find(|found| found["environment"] == environment);
    let service = found.map(|found| &found["services"][0]).ok_or("the status lacks an environment")?;
    if service["version"] == version && service["standing"] == "in_sync" {
        Ok(())
    } else {
        Err(format!("{environment} does not run {version}: {service}").into())
    }
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().ok_or_else(|| format!("expected a text, found {value}"))?.to_owned())
}

/// Headings with the time that has passed.
struct Steps {
    began: Instant,
    number: u32,
}

impl Default for Steps {
    fn default() -> Self {
        Self { began: Instant::now(), number: 0 }
    }
}

impl Steps {
    fn next(&mut self, title: &str) {
        self.number += 1;
        say(&format!("\n== {}. {title}  [{} s]", self.number, self.began.elapsed().as_secs()));
    }
}

/// A line for whoever watches.
fn say(line: &str) {
    use std::io::Write as _;
    // Nobody is left to be told that standard output is closed.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
