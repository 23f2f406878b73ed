use ops_engine::builds_commit::{commit_builds, require_committable};
use ops_engine::rollback::lifted;
use ops_model::declaration::Hold;

use super::promote::no_work_tree;
use crate::declared::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Show which builds are not to be deployed into an environment, or lift such a hold
///
/// `ops rollback` puts a hold on the builds that it goes back from. A hold stands in builds.yaml, so git says who put it
/// there, who lifted it, and why.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops hold prod
  ops hold prod --lift app --reason 'it was the database' --push")]
pub(crate) struct Args {
    /// Environment, such as `prod`
    environment: String,

    /// Lift the holds on this artifact, in one commit
    #[arg(long, value_name = "ARTIFACT", requires = "reason")]
    lift: Option<String>,

    /// Why it may be deployed after all; goes into the commit
    #[arg(long, value_name = "TEXT", requires = "lift")]
    reason: Option<String>,

    /// Push the commit; when the push is rejected, nothing is left of it
    #[arg(long, requires = "lift")]
    push: bool,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let name = &args.environment;
    let source = Source::open(global, None).await?;
    let (Some(artifact), Some(reason)) = (&args.lift, &args.reason) else {
        let holds = source.read(name).await?.declaration.builds.holds;
        match global.output {
            OutputForm::Human | OutputForm::Markdown => printer.data(&human::holds(name, &holds))?,
            OutputForm::Json => printer.json(&json_v1::holds(name, &holds, None))?,
        }
        return Ok(ExitCode::Done);
    };
    let Source::WorkTree { git, .. } = &source else { return Err(no_work_tree()) };
    require_committable(git, &[name]).await?;
    let (builds, holds) = lifted(&source.read(name).await?.declaration.builds, artifact);
    if holds.is_empty() {
        let error = NotHeld { environment: name.clone(), artifact: artifact.clone() };
        return Err(CommandError::new(ErrorKind::Refused, error).help(format!("`ops hold {name}` lists the holds")));
    }
    let commit = commit_builds(git, name, &builds, &message(name, &holds, reason), args.push).await?;
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::lifted(&holds, &commit))?,
        OutputForm::Json => printer.json(&json_v1::holds(name, &holds, Some(&commit)))?,
    }
    Ok(ExitCode::Done)
}

fn message(environment: &str, holds: &[Hold], reason: &str) -> String {
    let what: Vec<_> = holds.iter().map(|hold| format!("{} {}", hold.artifact, hold.version)).collect();
    let trailers = holds.iter().map(|hold| format!("Lifted: {} {}\n", hold.artifact, hold.digest));
    format!("Let {environment} deploy {} again\n\n{reason}\n\n{}", what.join(", "), trailers.collect::<String>())
}

#[derive(Debug, thiserror::Error)]
#[error("no build of {artifact} is held in {environment}")]
struct NotHeld {
    environment: String,
    artifact: String,
}
