use std::path::{Path, PathBuf};

use ops_engine::verification::verify;
use ops_model::outcome::Outcome;

use super::attended::attended;
use crate::connection::connect;
use crate::declared::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1, junit};
use crate::scenarios;

/// What the first Ctrl-C means.
const LETTING_GO: &str = "stopping: nothing more is sent";

/// Run the scenarios of an environment against what runs there now, and change nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops verify dev                               every declared scenario
  ops verify prod --scenario api               one of them
  ops verify prod --commit v1.4.0              as a commit has them
  ops verify dev --report-junit scenarios.xml  for a CI system that shows test reports

A reconcile runs them too, after everything is deployed. This takes no lease and keeps no record. The
program hurl has to be in the PATH; OPS_SCENARIOS_CONNECT_TO=HOST:PORT sends all requests there, whatever
host they name.")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Run only this scenario; may be given several times
    #[arg(long = "scenario", value_name = "NAME")]
    scenarios: Vec<String>,

    /// Read the declaration from this commit rather than from the work tree
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,

    /// Write a report in the form of JUnit to this file
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    report_junit: Option<PathBuf>,

    /// Write what `--output json` prints to this file
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    report_json: Option<PathBuf>,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, args.commit.as_deref()).await?.read(&args.environment).await?;
    let name = &declared.declaration.environment.environment;
    let scenarios = scenarios::ready(&declared, printer).await?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let outcomes = attended(printer, None, LETTING_GO, |events, cancelled| {
        let (cloud, declared, scenarios) = (&cloud, &declared, &scenarios);
        async move {
            let Args { scenarios: only, .. } = args;
            verify(cloud, &declared.declaration, &declared.commit, scenarios, only, &events, &cancelled).await
        }
    })
    .await?;
    let overall = outcomes.iter().map(|outcome| outcome.outcome).max().unwrap_or(Outcome::Succeeded);
    let document = json_v1::verification(name, &declared.commit, &outcomes, overall);
    if let Some(file) = &args.report_junit {
        write(file, &junit::report(name, &outcomes))?;
    }
    if let Some(file) = &args.report_json {
        let json = serde_json::to_string_pretty(&document);
        let json = json.map_err(|error| CommandError::new(ErrorKind::Output, error))?;
        write(file, &(json + "\n"))?;
    }
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::verification(name, &outcomes, overall))?,
        OutputForm::Json => printer.json(&document)?,
    }
    Ok(ExitCode::of(overall))
}

fn write(file: &Path, text: &str) -> Result<(), CommandError> {
    std::fs::write(file, text).map_err(|source| {
        let error = ReportError { file: file.to_owned(), source };
        CommandError::new(ErrorKind::Output, error).help("the scenarios have run; is the folder there?")
    })
}

#[derive(Debug, thiserror::Error)]
#[error("the report {} cannot be written", file.display())]
struct ReportError {
    file: PathBuf,
    #[source]
    source: std::io::Error,
}
