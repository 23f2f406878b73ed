use clap::builder::NonEmptyStringValueParser;
use ops_engine::approve::{ApproveRequest, approve};
use ops_engine::clock::SystemClock;
use ops_engine::reconcile::survey;
use ops_plan::firewall::ending;

use super::reconcile::declared_gates;
use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Say that what git declares may be deployed into an environment that asks for approvals
///
/// The approval is of the declaration, the builds and the scenarios of one commit, and of any other that has the same. It is
/// kept as a record, with your name as AWS knows you. docs/gates.md says what it opens.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops approve prod                        show the plan, ask, keep the approval
  ops approve prod --commit v1.4.0        of what a commit declares
  ops approve prod --yes --reason \"tried it in dev\"")]
pub(crate) struct Args {
    /// Environment, such as `prod`
    environment: String,

    /// Read the declaration from this commit rather than from the work tree
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,

    /// Do not ask
    #[arg(short, long)]
    yes: bool,

    /// What to keep in the record beside your name
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    reason: Option<String>,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, args.commit.as_deref()).await?.read(&args.environment).await?;
    declared.require_committed()?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let survey = survey(&cloud, &SystemClock, &declared.declaration).await?;
    let mut plan = survey.plan.clone();
    plan.gates.extend(declared_gates(&cloud, &declared, &survey, &plan).await?);
    let ending = ending(&declared.declaration.environment, survey.observation.today());
    printer.status(&human::plan(&plan, &ending, &declared));
    if !args.yes {
        printer.confirm(&format!("Approve exactly this for {}?", args.environment))?;
    }
    let request = ApproveRequest {
        declaration: &declared.declaration,
        commit: &declared.commit,
        texts: &declared.scenario_texts,
        plan: &plan,
        reason: args.reason.clone(),
    };
    let approval = approve(&cloud, &SystemClock, request).await?;
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::approved(&approval))?,
        OutputForm::Json => printer.json(&json_v1::record(&approval.record))?,
    }
    Ok(ExitCode::Done)
}
