use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Subcommand;
use ops_engine::declared::{self, touched_environments};
use ops_engine::git::Git;
use ops_model::declaration::{Faults, scenario_paths};

use super::reconcile::{Limits, Order, carry_out};
use crate::connection::connect;
use crate::declared::{Declared, Source};
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::GlobalOptions;
use crate::output::{Printer, human};
use crate::scenarios::{self, Syntax};

/// Written into every hook, so that ours can be told from anybody else's.
const MARK: &str = "# Installed by `ops hook install`.";

/// How long one push waits for the reconcile of the one before it.
const PATIENCE: Duration = Duration::from_secs(1800);
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Reconcile on `git push`: hooks for a bare repository
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Install(Install),
    Run(Run),
}

/// Install the hooks into a bare repository
///
/// `pre-receive` refuses a push whose declarations have faults; `post-receive` reconciles the environments
/// whose files the push changed and streams the result back to the pusher.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops hook install /srv/git/infra.git
  ops hook install /srv/git/infra.git --branch main --force

The hooks run as the user that git runs as on that machine, with that user's AWS settings.")]
struct Install {
    /// The bare repository
    repository: PathBuf,

    /// Branch whose pushes count
    #[arg(long, default_value = "main")]
    branch: String,

    /// Replace hooks that somebody else installed
    #[arg(long)]
    force: bool,
}

/// Do a hook's work; git calls this
#[derive(Debug, clap::Args)]
struct Run {
    #[arg(value_enum)]
    stage: Stage,

    /// Branch whose pushes count
    #[arg(long, default_value = "main")]
    branch: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Stage {
    /// Check the declarations, before the push is accepted
    PreReceive,
    /// Reconcile what the push changed
    PostReceive,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    match &args.action {
        Action::Install(install) => install_hooks(install, printer).await,
        Action::Run(run) => {
            let directory = global.directory.as_deref().unwrap_or_else(|| Path::new("."));
            let git = Git::open(directory).await?;
            let Some(update) = pushed(&run.branch)? else { return Ok(ExitCode::Done) };
            let paths = git.changed_paths(update.old.as_deref(), &update.new).await?;
            let present = declared::environments(&git, &update.new).await?;
            let mut touched = touched_environments(&paths);
            touched.retain(|name| present.contains(name));
            touched.extend(of_scenarios(&git, &update.new, &paths, &present).await?);
            touched.sort();
            touched.dedup();
            match run.stage {
                Stage::PreReceive => check(&git, &update.new, &touched, printer).await,
                Stage::PostReceive => reconcile(&git, &run.branch, &touched, printer).await,
            }
        }
    }
}

async fn install_hooks(install: &Install, printer: &Printer) -> Result<ExitCode, CommandError> {
    let make_one = "make a bare repository with `git clone --bare`";
    let git = Git::open(&install.repository).await;
    let git = git.map_err(|error| CommandError::from(error).help(make_one))?;
    if !git.is_bare().await? {
        let error = NotBare { repository: install.repository.clone() };
        return Err(CommandError::new(ErrorKind::Git, error).help(make_one));
    }
    let program = std::env::current_exe().map_err(|source| hook_error(Path::new("ops"), source))?;
    let hooks = git.hooks_directory().await?;
    let stages = ["pre-receive", "post-receive"];
    for stage in stages {
        let path = hooks.join(stage);
        if !install.force && std::fs::read_to_string(&path).is_ok_and(|text| !text.contains(MARK)) {
            let error = ForeignHook { path };
            return Err(CommandError::new(ErrorKind::Git, error).help("look at it, then add --force to replace it"));
        }
    }
    std::fs::create_dir_all(&hooks).map_err(|source| hook_error(&hooks, source))?;
    for stage in stages {
        let path = hooks.join(stage);
        write_hook(&path, &program, stage, &install.branch).map_err(|source| hook_error(&path, source))?;
        printer.status(&format!("installed {}", path.display()));
    }
    Ok(ExitCode::Done)
}

fn write_hook(path: &Path, program: &Path, stage: &str, branch: &str) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    let program = quoted(&program.to_string_lossy());
    let branch = quoted(branch);
    let script = format!("#!/bin/sh\n{MARK}\nexec {program} hook run {stage} --branch {branch}\n");
    let beside = path.with_extension("new");
    std::fs::write(&beside, script)?;
    std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o755))?;
    std::fs::rename(&beside, path)
}

/// A word of the shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// What a push did to the branch.
struct Update {
    /// `None`: the branch is new.
    old: Option<String>,
    new: String,
}

/// Reads `old new ref` lines as git gives them to its hooks; `None` when the branch was not pushed, or deleted.
///
/// Source: <https://git-scm.com/docs/githooks#post-receive>
fn pushed(branch: &str) -> Result<Option<Update>, CommandError> {
    let reference = format!("refs/heads/{branch}");
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|source| hook_error(Path::new("standard input"), source))?;
        let mut words = line.split_ascii_whitespace();
        if let (Some(old), Some(new), Some(name)) = (words.next(), words.next(), words.next())
            && name == reference
        {
            let some = |commit: &str| commit.bytes().any(|byte| byte != b'0').then(|| commit.to_owned());
            return Ok(some(new).map(|new| Update { old: some(old), new }));
        }
    }
    Ok(None)
}

/// Environments whose scenarios are in files that were pushed.
async fn of_scenarios(
    git: &Git,
    commit: &str,
    paths: &[String],
    present: &[String],
) -> Result<Vec<String>, CommandError> {
    let mut found = Vec::new();
    if !paths.iter().any(|path| path.ends_with(".hurl")) {
        return Ok(found);
    }
    for name in present {
        // One with faults was pushed before there was a hook, and is none of this push's business.
        let Ok(declaration) = declared::read(git, commit, name).await? else { continue };
        let concerned = scenario_paths(&declaration.environment);
        if paths.iter().any(|path| concerned.contains(&path.as_str())) {
            found.push(name.clone());
        }
    }
    Ok(found)
}

/// What is wrong in the files of scenarios, where the program is there that knows their language; a note where it is not.
async fn syntax(declared: &Declared, printer: &Printer) -> Result<Option<Faults>, CommandError> {
    let Declared { declaration, scenario_texts, .. } = declared;
    match scenarios::syntax(&declaration.environment, scenario_texts).await? {
        Syntax::Parsed(faults) => Ok(faults),
        Syntax::NotParsed(why) => {
            printer.status(&format!("note: scenarios were not parsed: {why}"));
            Ok(None)
        }
    }
}

async fn check(git: &Git, commit: &str, environments: &[String], printer: &Printer) -> Result<ExitCode, CommandError> {
    let mut exit_code = ExitCode::Done;
    for environment in environments {
        let source = Source::Commit { git: git.clone(), commit: commit.to_owned() };
        let faults = match source.read(environment).await {
            Ok(declared) => syntax(&declared, printer).await?.map(CommandError::from),
            Err(error) if error.faults().is_some() => Some(error),
            Err(error) => return Err(error),
        };
        if let Some(faults) = faults {
            printer.error(&faults);
            exit_code = ExitCode::Error;
        }
    }
    Ok(exit_code)
}

/// One environment after the other, so that the pusher can read it; one that fails does not keep the next one
/// from being tried.
async fn reconcile(
    git: &Git,
    branch: &str,
    environments: &[String],
    printer: &Printer,
) -> Result<ExitCode, CommandError> {
    if environments.is_empty() {
        printer.status("no environment was changed: nothing to reconcile");
    }
    let mut worst = ExitCode::Done;
    for environment in environments {
        let exit_code = match reconcile_one(git, branch, environment, printer).await {
            Ok(exit_code) => exit_code,
            Err(error) => {
                printer.error(&error);
                error.exit_code()
            }
        };
        if worst == ExitCode::Done {
            worst = exit_code;
        }
    }
    Ok(worst)
}

/// Reconciles what the branch says *now*: a push that waited while a newer one was reconciled must not take the
/// environment back.
async fn reconcile_one(
    git: &Git,
    branch: &str,
    environment: &str,
    printer: &Printer,
) -> Result<ExitCode, CommandError> {
    let began = Instant::now();
    let mut told = false;
    loop {
        let commit = git.commit(&format!("refs/heads/{branch}")).await?;
        let declared = Source::Commit { git: git.clone(), commit }.read(environment).await?;
        let cloud = connect(&declared.declaration.environment, printer).await?;
        match carry_out(&cloud, declared, Order::new(&Limits::default()), printer).await {
            Ok(record) => {
                printer.data(&human::record(&record))?;
                return Ok(ExitCode::of(record.outcome));
            }
            Err(error) if error.exit_code() == ExitCode::LeaseHeld && began.elapsed() < PATIENCE => {
                if !told {
                    printer.status(&format!("waiting: {error}"));
                    told = true;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Err(error) => return Err(error),
        }
    }
}

fn hook_error(path: &Path, source: std::io::Error) -> CommandError {
    CommandError::new(ErrorKind::Git, HookError { path: path.to_owned(), source })
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write or read {}", path.display())]
struct HookError {
    path: PathBuf,
    #[source]
    source: std::io::Error,
}

#[derive(Debug, thiserror::Error)]
#[error("{} is not a bare repository", repository.display())]
struct NotBare {
    repository: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[error("{} is there already, and ops did not install it", path.display())]
struct ForeignHook {
    path: PathBuf,
}
