//! One file for each command: its arguments, whose comments are the help, and what it does.

mod approve;
mod attended;
mod check;
mod completions;
mod continue_rollout;
mod exec;
mod explain;
mod firewall;
mod history;
mod hold;
mod hook;
mod import;
mod lease;
mod logs;
mod plan;
mod promote;
mod reconcile;
mod report;
mod rollback;
mod run_task;
mod saved_plan;
mod schema;
mod status;
mod verify;

use clap::{Parser, Subcommand};

use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::GlobalOptions;
use crate::output::Printer;

pub(crate) use check::CheckedEnvironment;
pub(crate) use import::Report as ImportReport;
pub(crate) use report::EnvironmentDora;
pub(crate) use saved_plan::SavedPlanError;
pub(crate) use status::{EnvironmentStatus, LastRecord, ServiceStatus, SiteStatus};

/// Make ECS services match what git declares
#[derive(Debug, Parser)]
#[command(name = "ops", version, max_term_width = 100, after_help = ExitCode::table(), arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Plan(plan::Args),
    Reconcile(reconcile::Args),
    Continue(continue_rollout::Args),
    Approve(approve::Args),
    Verify(verify::Args),
    Run(run_task::Args),
    Logs(logs::Args),
    Exec(exec::Args),
    Status(status::Args),
    Explain(explain::Args),
    Firewall(firewall::Args),
    Promote(promote::Args),
    Rollback(rollback::Args),
    Hold(hold::Args),
    History(history::Args),
    Report(report::Args),
    Lease(lease::Args),
    Import(import::Args),
    Hook(hook::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

pub(crate) fn run(cli: &Cli, printer: &Printer) -> Result<ExitCode, CommandError> {
    match &cli.command {
        Command::Check(args) => check::run(args, &cli.global, printer),
        Command::Schema(args) => schema::run(args, printer),
        Command::Completions(args) => completions::run(args, printer),
        Command::Plan(args) => live(plan::run(args, &cli.global, printer)),
        Command::Reconcile(args) => live(reconcile::run(args, &cli.global, printer)),
        Command::Continue(args) => live(continue_rollout::run(args, &cli.global, printer)),
        Command::Approve(args) => live(approve::run(args, &cli.global, printer)),
        Command::Verify(args) => live(verify::run(args, &cli.global, printer)),
        Command::Run(args) => live(run_task::run(args, &cli.global, printer)),
        Command::Logs(args) => live(logs::run(args, &cli.global, printer)),
        Command::Exec(args) => live(exec::run(args, &cli.global, printer)),
        Command::Status(args) => live(status::run(args, &cli.global, printer)),
        Command::Explain(args) => live(explain::run(args, &cli.global, printer)),
        Command::Firewall(args) => live(firewall::run(args, &cli.global, printer)),
        Command::Promote(args) => live(promote::run(args, &cli.global, printer)),
        Command::Rollback(args) => live(rollback::run(args, &cli.global, printer)),
        Command::Hold(args) => live(hold::run(args, &cli.global, printer)),
        Command::History(args) => live(history::run(args, &cli.global, printer)),
        Command::Report(args) => live(report::run(args, &cli.global, printer)),
        Command::Lease(args) => live(lease::run(args, &cli.global, printer)),
        Command::Import(args) => live(import::run(args, &cli.global, printer)),
        Command::Hook(args) => live(hook::run(args, &cli.global, printer)),
    }
}

/// Runs a command that talks to git or AWS.
fn live(command: impl Future<Output = Result<ExitCode, CommandError>>) -> Result<ExitCode, CommandError> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| CommandError::new(ErrorKind::Output, error))?;
    runtime.block_on(command)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
