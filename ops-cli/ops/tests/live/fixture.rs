//! A team at work: its repository, its AWS account on an emulator of its own, and `ops` on the path.

mod account;
mod containers;
mod declaration;
mod platform;
mod running;
mod security_groups;
mod site;
mod team;

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use xtask::container_engine::NoContainerEngine;
use xtask::emulator::{Emulator, EmulatorOptions};
use xtask::hurl;
use xtask::image::{self, AppBuild, Destination};
use xtask::proxy::HoldingProxy;
use xtask::request_loop::RequestLoop;

pub(crate) use account::Account;
pub(crate) use declaration::{WORKLOADS, environment, environment_with};
pub(crate) use running::Running;
pub(crate) use security_groups::{open, rules_of, security_group};
pub(crate) use team::Team;

use self::containers::Containers;
use crate::run::Run;

/// Divides the modelled AWS's waiting times: a rollout takes a second or two.
const FAST: u32 = 20;
/// For tests that have to do something while a rollout is under way: it takes about five seconds.
const SLOW: u32 = 3;

/// A rollout takes seconds; the rest is for a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// Longer than anything that is done under requests.
const LOOP_LIMIT: Duration = Duration::from_secs(600);

/// The port that the load balancer asks.
pub(crate) const PORT: u16 = 8080;
/// A build that listens here starts and never becomes healthy. Not the port of its metrics, which it could not listen on twice.
pub(crate) const WRONG_PORT: u16 = 9999;

pub(crate) const REPOSITORY: &str = "slipway/app";

pub(crate) struct Fixture {
    pub(crate) team: Team,
    pub(crate) account: Account,
    // Dropped in this order: the emulator ends its containers while there is an engine.
    emulator: Emulator,
    containers: Option<Containers>,
}

impl Fixture {
    /// dev and prod declared and provisioned; no build anywhere yet.
    pub(crate) fn start() -> Self {
        Self::at_speed(FAST)
    }

    /// With rollouts that take long enough to do something meanwhile.
    pub(crate) fn slow() -> Self {
        Self::at_speed(SLOW)
    }

    fn at_speed(speed: u32) -> Self {
        Self::declaring(speed, None)
    }

    /// `workloads`: text of dev's `services` and `tasks` in place of the usual ones.
    fn declaring(speed: u32, workloads: Option<&str>) -> Self {
        Self::with(None, speed, workloads)
    }

    /// dev with these services and tasks, which run in real containers; or why the machine can run none.
    pub(crate) fn with_containers(workloads: &str) -> Result<Self, NoContainerEngine> {
        Ok(Self::with(Some(Containers::start()?), FAST, Some(workloads)))
    }

    fn with(containers: Option<Containers>, speed: u32, workloads: Option<&str>) -> Self {
        let options = containers.as_ref().map(Containers::emulator_options).unwrap_or_default();
        let emulator = Emulator::start(EmulatorOptions { speed, ..options }).expect("an emulator");
        let account = Account::new(emulator.endpoint());
        account.create_repository(REPOSITORY);
        let dev = workloads.map_or_else(|| environment("dev"), |workloads| environment_with("dev", workloads));
        let prod = environment("prod");
        let hurl = dev.contains("scenarios:").then(|| hurl::ensure().expect("hurl"));
        let team = Team::new(emulator.environment(), hurl, &dev, &prod);
        platform::provision(&account, "dev", &dev);
        platform::provision(&account, "prod", &prod);
        Self { team, account, emulator, containers }
    }

    /// Pushes the image of a build and writes it into dev's `builds.yaml` in a commit, as CI does.
    pub(crate) fn build(&self, version: &str, port: u16) {
        self.build_of("app", version, port, &[]);
    }

    /// The same for any artifact. The labels tell the emulator how its containers behave, where it only models them.
    pub(crate) fn build_of(&self, artifact: &str, version: &str, port: u16, labels: &[(&str, &str)]) {
        let digest = self.push_labelled(version, port, labels);
        let image = format!("{artifact}=000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/{REPOSITORY}@{digest}");
        let commit = "c0ffee".repeat(7)[..40].to_owned();
        let run =
            self.ops(&["promote", "dev", "--image", &image, "--build-version", version, "--build-commit", &commit]);
        assert_eq!(run.exit_code, Some(0), "{run}");
    }

    fn push_labelled(&self, version: &str, port: u16, labels: &[(&str, &str)]) -> String {
        let build = AppBuild { version: version.to_owned(), commit: "0".repeat(40), port };
        let destination = Destination { registry: self.emulator.address(), repository: REPOSITORY.to_owned() };
        if let Some(containers) = &self.containers {
            assert!(labels.is_empty(), "a real container behaves as its program does");
            return containers.push(&build, &destination);
        }
        let file = self.team.folder().join("binary");
        std::fs::write(&file, "nobody runs it").expect("a file");
        let labels: Vec<_> = labels.iter().map(|(name, value)| (format!("truthful-aws.{name}"), *value)).collect();
        let labels: Vec<_> = labels.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        image::push_file(&file, &build, &labels, &destination).expect("an image")
    }

    /// A good build in dev, deployed.
    pub(crate) fn deployed() -> Self {
        let fixture = Self::start();
        fixture.build("1.0.0", PORT);
        let run = fixture.ops(&["reconcile", "dev", "--yes"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        fixture
    }

    /// dev with other services and tasks; no build yet.
    pub(crate) fn start_with(workloads: &str) -> Self {
        Self::declaring(FAST, Some(workloads))
    }

    /// The same with a good build, deployed.
    pub(crate) fn deployed_with(workloads: &str) -> Self {
        let fixture = Self::start_with(workloads);
        fixture.build("1.0.0", PORT);
        let run = fixture.ops(&["reconcile", "dev", "--yes"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        fixture
    }

    /// Id of a security group of dev.
    pub(crate) fn group_id(&self, name: &str) -> String {
        let contract = self.account.get_object("slipway-dev-ops", "platform.json");
        contract["security_groups"][name].as_str().expect("a group").to_owned()
    }

    /// Waits until no deployment of the service is under way.
    pub(crate) fn until_settled(&self, environment: &str, service: &str) {
        until("no deployment is under way", || {
            let rollouts = self.account.rollouts(environment, service);
            let on_its_way = ["PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "STOP_REQUESTED"];
            !rollouts.iter().any(|status| on_its_way.contains(&status.as_str()))
        });
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.team.ops(arguments)
    }

    pub(crate) fn ops(&self, arguments: &[&str]) -> Run {
        self.run(&self.command(arguments).output().expect("ops starts"))
    }

    /// Starts `ops` and returns at once.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Starts `ops` with a proxy between it and the account.
    pub(crate) fn spawn_through(&self, proxy: &HoldingProxy, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        let address = proxy.address().to_string();
        command.env("AWS_ENDPOINT_URL", format!("http://{address}")).env("OPS_SCENARIOS_CONNECT_TO", address);
        Running::start(command)
    }

    /// A proxy that can hold calls to the account.
    pub(crate) fn proxy(&self) -> HoldingProxy {
        HoldingProxy::start(self.emulator.endpoint()).expect("a port")
    }

    /// Does something while the load balancer of dev is asked all the time. No request may fail, and only these versions may
    /// answer.
    pub(crate) fn without_loss<T>(&self, versions: &[&str], work: impl FnOnce() -> T) -> T {
        let requests = RequestLoop::start(format!("{}/_alb/dev/version", self.emulator.endpoint()), LOOP_LIMIT);
        let done = work();
        let counted = requests.stop();
        assert!(counted.requests > 0 && counted.failures == 0, "{counted:?}");
        assert!(counted.versions.keys().all(|version| versions.contains(&version.as_str())), "{counted:?}");
        done
    }

    /// Waits for it to end.
    pub(crate) fn finish(&self, running: Running) -> Run {
        self.run(&running.finish())
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> Run {
        self.run(&self.team.git(arguments))
    }

    /// The JSON that `ops` prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let run = self.ops(&[arguments, &["--output", "json"]].concat());
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {run}"))
    }

    pub(crate) fn run(&self, output: &Output) -> Run {
        let mut run = self.team.run(output);
        for text in [&mut run.stdout, &mut run.stderr] {
            *text = text.replace(&self.emulator.endpoint(), "[ENDPOINT]");
        }
        run
    }
}

/// Asks until the answer is yes.
pub(crate) fn until(what: &str, mut ask: impl FnMut() -> bool) {
    let started = Instant::now();
    while !ask() {
        assert!(started.elapsed() < LIMIT, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
