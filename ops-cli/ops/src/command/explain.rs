use ops_engine::clock::{Clock as _, SystemClock};
use ops_engine::explain::explain;

use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Say why something failed, most likely cause first, and what to do about it
///
/// Looks at the records, which keep what was seen when a deployment failed, and at what AWS still knows: stopped tasks,
/// targets, events, logs. Nothing is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops explain prod                what does not go well
  ops explain prod api            one service, task, site or scenario, also where all is well
  ops explain prod --output json  with a `class` for each cause

`ops history prod RECORD` shows all that a record holds.")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Service, task, site or scenario; everything that does not go well when none is named
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, None).await?.read(&args.environment).await?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let findings = explain(&cloud, &SystemClock, &declared.declaration, args.name.as_deref()).await?;
    match global.output {
        OutputForm::Human | OutputForm::Markdown => {
            printer.data(&human::explanation(&args.environment, &findings, SystemClock.now()))?;
        }
        OutputForm::Json => printer.json(&json_v1::explanation(&args.environment, &findings))?,
    }
    Ok(ExitCode::Done)
}
