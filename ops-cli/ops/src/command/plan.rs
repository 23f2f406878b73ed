use ops_engine::clock::SystemClock;
use ops_engine::reconcile::survey;

use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1, markdown};

/// Show what a reconcile would change, and change nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops plan dev                     what the files in the work tree would change
  ops plan prod --commit v1.4.0    what a commit would change
  ops plan dev --exit-code         2 when something would change, 0 when not: for a drift check
  ops plan dev --output json       for a program
  ops plan dev --output markdown   for a comment on a pull request")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Read the declaration from this commit rather than from the work tree
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,

    /// End with 2 when something would change, and with 3 when a gate holds it
    #[arg(long)]
    exit_code: bool,

    /// Say how many calls were sent to AWS
    #[arg(long)]
    stats: bool,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, args.commit.as_deref()).await?.read(&args.environment).await?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let survey = survey(&cloud, &SystemClock, &declared.declaration).await?;
    match global.output {
        OutputForm::Human => printer.data(&human::plan(&survey.plan, &declared))?,
        OutputForm::Markdown => printer.data(&markdown::plan(&survey.plan, &declared))?,
        OutputForm::Json => printer.json(&json_v1::plan(&survey.plan, &declared))?,
    }
    if args.stats {
        printer.status(&human::calls(&cloud.calls.calls()));
    }
    Ok(match (args.exit_code, survey.plan.gates.is_empty(), survey.plan.in_sync()) {
        (false, _, _) => ExitCode::Done,
        (true, false, _) => ExitCode::Held,
        (true, true, false) => ExitCode::Changes,
        (true, true, true) => ExitCode::Done,
    })
}
