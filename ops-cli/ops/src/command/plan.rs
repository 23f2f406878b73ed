use std::path::PathBuf;

use ops_engine::clock::SystemClock;
use ops_engine::reconcile::survey;
use ops_engine::verification::held;
use ops_plan::Selector;
use ops_plan::firewall::ending;

use super::reconcile::{declared_gates, part_of};
use super::saved_plan;
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
  ops plan dev --only service/api  a part: a kind of change, or one by name
  ops plan prod --out plan.json    kept, so that exactly it is carried out once somebody has approved it
  ops plan dev --output json       for a program
  ops plan dev --output markdown   for a comment on a pull request")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Read the declaration from this commit rather than from the work tree
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,

    /// Show only changes of this kind, such as `scaling`, or the one of this name, such as `service/api`; may be given
    /// several times
    #[arg(long, value_name = "KIND[/NAME]")]
    only: Vec<Selector>,

    /// Keep the plan in this file, for `ops reconcile --plan`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// End with 2 when something would change, and with 3 when a gate holds it
    #[arg(long)]
    exit_code: bool,

    /// Say how many calls were sent to AWS
    #[arg(long)]
    stats: bool,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, args.commit.as_deref()).await?.read(&args.environment).await?;
    if args.out.is_some() {
        // What can't be reconciled need not be approved.
        declared.require_committed()?;
    }
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let survey = survey(&cloud, &SystemClock, &declared.declaration).await?;
    let mut plan = part_of(&survey.plan, &declared, &args.only)?;
    if !plan.in_sync() {
        plan.gates.extend(held(&cloud, &declared.declaration, &declared.scenario_texts).await?);
    }
    plan.gates.extend(declared_gates(&cloud, &declared, &survey, &plan).await?);
    let ending = ending(&declared.declaration.environment, survey.observation.today());
    match global.output {
        OutputForm::Human => printer.data(&human::plan(&plan, &ending, &declared))?,
        OutputForm::Markdown => printer.data(&markdown::plan(&plan, &ending, &declared))?,
        OutputForm::Json => printer.json(&json_v1::plan(&plan, &ending, &declared))?,
    }
    if let Some(path) = &args.out {
        saved_plan::write(path, &declared, &survey, &args.only)?;
        let (path, environment) = (path.display(), &args.environment);
        printer
            .status(&format!("kept in {path}; `ops reconcile {environment} --plan {path}` carries out exactly this"));
    }
    if args.stats {
        printer.status(&human::calls(&cloud.calls.calls()));
    }
    Ok(match (args.exit_code, plan.gates.is_empty(), plan.in_sync()) {
        (false, _, _) => ExitCode::Done,
        (true, false, _) => ExitCode::Held,
        (true, true, false) => ExitCode::Changes,
        (true, true, true) => ExitCode::Done,
    })
}
