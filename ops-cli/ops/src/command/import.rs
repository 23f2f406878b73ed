mod files;
mod source;

use std::path::PathBuf;

use ops_engine::import::adopt;
use ops_model::declaration::{SourceFile, read};
use ops_plan::import::{Imported, Note, Proof, prove};

use self::files::Target;
use self::source::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Write a declaration from what runs, or from another tool's files, and prove that it changes nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops import --environment shop --cluster shop                 all services of a cluster
  ops import --environment shop --cluster shop --service api --adopt
                                                               one service, and let ops own it
  ops import --environment shop --ecspresso deploy/api         a directory of ecspresso
  ops import --environment shop --copilot copilot/api/manifest.yml --from-environment prod

The written files are read back and planned against what was found: an empty plan is the proof.
What the declaration has no name for stands under `overrides`; what it cannot say at all is a note.
Secrets in plain are never copied. The exit code is 0 when the plan is empty, and 2 when something
would change or was left out.")]
#[command(group = clap::ArgGroup::new("source").required(true).args(["cluster", "ecspresso", "copilot"]))]
pub(crate) struct Args {
    /// Name that the environment is to have, such as `dev`
    #[arg(long, value_name = "NAME", value_parser = environment_name)]
    environment: String,

    /// Read the services of this ECS cluster
    #[arg(long)]
    cluster: Option<String>,

    /// Read only this service of the cluster; may be given more than once
    #[arg(long, requires = "cluster")]
    service: Vec<String>,

    /// Read the tasks, too, that schedules of this group of EventBridge Scheduler run in the cluster
    #[arg(long, value_name = "GROUP", requires = "cluster")]
    schedule_group: Option<String>,

    /// Read this directory of ecspresso: ecspresso.yml and rendered definitions
    #[arg(long, value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    ecspresso: Option<PathBuf>,

    /// Read this manifest of AWS Copilot
    #[arg(long, value_name = "MANIFEST", value_hint = clap::ValueHint::FilePath)]
    copilot: Option<PathBuf>,

    /// Environment of Copilot whose section of the manifest counts
    #[arg(long, value_name = "NAME", requires = "copilot")]
    from_environment: Option<String>,

    /// AWS region; ecspresso.yml says it itself
    #[arg(long, env = "AWS_REGION", hide_env_values = true, value_parser = region)]
    region: Option<String>,

    /// AWS account id that a manifest of Copilot is for
    #[arg(long, value_name = "ID", requires = "copilot", value_parser = account)]
    account: Option<String>,

    /// Write environment.yaml and builds.yaml into this directory rather than into infra/environments/NAME
    #[arg(long, value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    write: Option<PathBuf>,

    /// Replace files that are there
    #[arg(long)]
    force: bool,

    /// Tag the services as this environment's, so that ops may change them
    #[arg(long, requires = "cluster")]
    adopt: bool,

    /// Do not ask before tagging
    #[arg(short, long, requires = "adopt")]
    yes: bool,
}

/// What was imported, where it went, and whether it means the same.
pub(crate) struct Report<'a> {
    pub(crate) imported: &'a Imported,
    pub(crate) notes: Vec<Note>,
    pub(crate) written: Vec<String>,
    /// `None`: the source is in words of its own, and nothing says what AWS has.
    pub(crate) proof: Option<&'a Proof>,
}

impl Report<'_> {
    /// Whether everything is declared, and the plan is empty.
    pub(crate) fn holds(&self) -> bool {
        self.imported.left_out.is_empty() && self.proof.is_none_or(Proof::holds)
    }
}

#[derive(Debug, thiserror::Error)]
enum ImportCommandError {
    #[error("the YAML cannot be written")]
    Yaml(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the written declaration would change what runs, so nothing was tagged")]
    NotProven,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let target = Target::new(args, global)?;
    let source = Source::read(args, printer).await?;
    let (imported, notes) = (&source.imported, source.notes());
    let written = imported
        .written()
        .map_err(|error| CommandError::new(ErrorKind::Output, ImportCommandError::Yaml(Box::new(error))))?;
    let [environment_path, builds_path] = target.write(&written)?;
    let file = |path: &str, text: &str| SourceFile::new(path, text.as_bytes());
    let read_back =
        read(&args.environment, &file(&environment_path, &written.environment), &file(&builds_path, &written.builds));
    let declaration = match read_back {
        Ok(declaration) => declaration,
        Err(faults) => {
            printer.status(&human::import_notes(imported, &notes));
            return Err(CommandError::from(faults)
                .help(format!("{environment_path} is written: mend it, then `ops check {}`", args.environment)));
        }
    };
    let proof = source.can_be_proven.then(|| prove(imported, &declaration));
    let report = Report { imported, notes, written: vec![environment_path, builds_path], proof: proof.as_ref() };
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::import(&report))?,
        OutputForm::Json => printer.json(&json_v1::import(&report))?,
    }
    if let (true, Some(cloud)) = (args.adopt, &source.cloud) {
        if !proof.as_ref().is_some_and(Proof::holds) {
            return Err(CommandError::new(ErrorKind::Refused, ImportCommandError::NotProven)
                .help("look at the differences; `overrides` can say what is still missing"));
        }
        let services = imported.observation.services.keys().filter_map(|name| source.found.services.get(name));
        if !args.yes {
            printer.confirm(&format!("Tag {} services as {}'s?", services.clone().count(), args.environment))?;
        }
        let adopted = adopt(cloud, &args.environment, services.map(|service| &service.observed)).await?;
        printer.status(&format!("tagged as {}'s: {}", args.environment, adopted.join(", ")));
    }
    Ok(if report.holds() { ExitCode::Done } else { ExitCode::Changes })
}

fn environment_name(text: &str) -> Result<String, String> {
    let valid = text.len() <= 20
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if valid {
        Ok(text.to_owned())
    } else {
        Err("up to 20 lower-case letters, digits and hyphens, beginning with a letter".to_owned())
    }
}

fn region(text: &str) -> Result<String, String> {
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let parts: Vec<&str> = text.split('-').collect();
    let valid = match parts.as_slice() {
        [first, middle @ .., last] => {
            first.len() == 2
                && is_word(first)
                && !middle.is_empty()
                && middle.iter().all(|part| is_word(part))
                && matches!(last.as_bytes(), [b'0'..=b'9'])
        }
        _ => false,
    };
    if valid { Ok(text.to_owned()) } else { Err("a region looks like `eu-west-1`".to_owned()) }
}

fn account(text: &str) -> Result<String, String> {
    let valid = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { Ok(text.to_owned()) } else { Err("an account id is twelve digits".to_owned()) }
}
