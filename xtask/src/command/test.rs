use std::error::Error;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use xtask::causes::causes;
use xtask::checkov;
use xtask::container_engine::ContainerEngine;
use xtask::database;
use xtask::demo::{self, DemoOptions, OpsBuild};
use xtask::estate;
use xtask::hurl;
use xtask::image::AppBinary;
use xtask::kubernetes;
use xtask::local_folder::{self, workspace};
use xtask::python_environment::{self, Kind};
use xtask::terraform::{self, Terraform};

/// The version that is installed where there is none.
const NEXTEST_VERSION: &str = "0.9.143";

/// The discard port.
const NO_REGISTRY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);

/// Roots that are validated; what they call is tested module by module.
const ROOTS: [&str; 3] = ["bootstrap", "environments/dev", "environments/prod"];

/// Pass everything: formatting, lints, all tests, the Terraform checks, the demo
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run only these stages; all of them when none is named
    #[arg(value_enum)]
    stages: Vec<Stage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// cargo fmt
    Format,
    /// cargo clippy, warnings are errors
    Lint,
    /// Every Rust test, on the simulated account, the emulator and real programs
    Rust,
    /// The tests of the emulator's repairs
    Emulator,
    /// terraform fmt, validate and test, checkov, and the whole estate made and removed in the local AWS
    Terraform,
    /// `cargo xtask demo`, then an empty second plan, and everything removed again
    Demo,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) fn run(args: &Args) -> Result<()> {
    let stages = if args.stages.is_empty() { Stage::value_variants() } else { &args.stages };
    // Most of its time is the provider's own waiting, in which the stages before compile and test.
    let mut estate = stages.contains(&Stage::Terraform).then(Estate::start);
    let times = run_stages(stages, &mut estate);
    if let Some(estate) = estate {
        // A stage before has failed: what was started ends first.
        let _ = estate.end();
    }
    say("");
    for (stage, time) in times? {
        say(&format!("{:>9}  ok  {:>4} s", stage.name(), time.as_secs()));
    }
    Ok(())
}

fn run_stages(stages: &[Stage], estate: &mut Option<Estate>) -> Result<Vec<(Stage, Duration)>> {
    let mut times = Vec::new();
    for stage in stages {
        say(&format!("\n#### {}", stage.name()));
        let began = Instant::now();
        stage.run(estate).map_err(|source| StageFailed { stage: stage.name(), source })?;
        times.push((*stage, began.elapsed()));
    }
    Ok(times)
}

/// The whole estate, made and removed beside everything else.
struct Estate(JoinHandle<std::result::Result<estate::Times, String>>);

impl Estate {
    fn start() -> Self {
        Self(thread::spawn(|| estate::prove().map_err(|error| in_one_text(error.as_ref()))))
    }

    fn end(self) -> Result<estate::Times> {
        Ok(self.0.join().map_err(|_| "the estate's thread ended in a panic")??)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("stage {stage} failed; `cargo xtask test {stage}` runs it alone")]
struct StageFailed {
    stage: &'static str,
    #[source]
    source: Box<dyn Error>,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Lint => "lint",
            Self::Rust => "rust",
            Self::Emulator => "emulator",
            Self::Terraform => "terraform",
            Self::Demo => "demo",
        }
    }

    fn run(self, estate: &mut Option<Estate>) -> Result<()> {
        match self {
            Self::Format => cargo(&["fmt", "--all", "--check"]),
            Self::Lint => cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
            Self::Rust => rust(),
            Self::Emulator => emulator(),
            Self::Terraform => terraform(estate.take()),
            Self::Demo => demo(),
        }
    }
}

fn rust() -> Result<()> {
    let mut nextest = Command::new("cargo");
    nextest.args(["nextest", "--version"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !nextest.status().is_ok_and(|status| status.success()) {
        cargo(&["install", "cargo-nextest", "--locked", "--version", NEXTEST_VERSION])?;
    }
    // Made once and before: tests that start an emulator find it ready.
    python_environment::ensure(Kind::Emulator)?;
    python_environment::ensure(Kind::Test)?;
    python_environment::ensure(Kind::Schemathesis)?;
    kubernetes::ensure_kubectl()?;
    hurl::ensure()?;
    database::ensure()?;
    // Minutes on a fresh clone, which are no test's own.
    AppBinary::compile()?;
    cargo(&["nextest", "run", "--locked", "--workspace", "--profile", "ci"])?;
    cargo(&["test", "--locked", "--workspace", "--doc", "--quiet"])
}

fn emulator() -> Result<()> {
    let python = python_environment::ensure(Kind::Test)?;
    let mut command = Command::new(python);
    command
        .args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "xtask/emulator/tests"])
        .env("PYTHONPYCACHEPREFIX", local_folder::path().join("python/bytecode"));
    // The engine's registry mapping is of no use here: those tests push nothing.
    let engine = match ContainerEngine::find_or_install(NO_REGISTRY) {
        Ok(engine) => Some(engine),
        Err(reason) => {
            say(&format!("without the tests of real containers: {reason}"));
            None
        }
    };
    if let Some(engine) = &engine {
        command.env("SLIPWAY_CONTAINER_SOCKET", engine.socket());
    }
    show(&mut command)
}

fn terraform(estate: Option<Estate>) -> Result<()> {
    let modules = terraform_modules();
    let times = estate.map(Estate::end).transpose();
    modules?;
    for (step, time) in times?.unwrap_or_default().0 {
        say(&format!("the whole estate: {step}: {} s", time.as_secs()));
    }
    Ok(())
}

/// An error as a text that can leave its thread.
fn in_one_text(error: &(dyn Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join("\nbecause: ")
}

fn terraform_modules() -> Result<()> {
    let terraform = Terraform::find(offline())?;
    let folder = workspace().join("terraform");
    terraform.format_check(&folder)?;
    say("terraform fmt: clean");
    let scan = checkov::scan(&folder)?;
    say(&format!("checkov: {} checks passed, {} skipped with a reason", scan.passed, scan.skipped));
    for root in ROOTS {
        let root = folder.join(root);
        terraform.init(&root, None)?;
        terraform.validate(&root)?;
        say(&format!("{}: valid", shown(&root)));
    }
    let served = terraform.serve_provider(&folder.join(ROOTS[0]))?;
    for module in terraform::tested_folders()? {
        terraform.init(&module, None)?;
        let provider = if terraform::has_provider_alias(&module)? { None } else { Some(&served) };
        let began = Instant::now();
        let printed = terraform.test(&module, provider)?;
        let summary = printed.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        say(&format!("{}: {} ({:.1} s)", shown(&module), summary.trim(), began.elapsed().as_secs_f64()));
    }
    Ok(())
}

/// Credentials that open nothing: no check may reach an account.
fn offline() -> Vec<(String, String)> {
    [
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn demo() -> Result<()> {
    let options = DemoOptions { speed: 4, ops: OpsBuild::WithTests, without_containers: false, tear_down: true };
    demo::run(&options)?.tear_down()
}

fn cargo(arguments: &[&str]) -> Result<()> {
    show(Command::new("cargo").args(arguments))
}

/// Shows the command and what it prints.
fn show(command: &mut Command) -> Result<()> {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    let text = format!("{program} {}", arguments.join(" "));
    say(&format!("$ {text}"));
    let status = command.current_dir(workspace()).stdin(Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("`{text}` failed ({status})").into()) }
}

fn shown(folder: &Path) -> String {
    folder.strip_prefix(workspace()).unwrap_or(folder).display().to_string()
}

fn say(line: &str) {
    // Nobody is left to be told that standard output is closed.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
