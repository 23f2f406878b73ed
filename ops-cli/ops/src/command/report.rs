mod dora;

use clap::Subcommand;

use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::GlobalOptions;
use crate::output::Printer;

pub(crate) use dora::EnvironmentDora;

/// What the records say about how well environments are delivered to
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    report: Report,
}

#[derive(Debug, Subcommand)]
enum Report {
    Dora(dora::Args),
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    match &args.report {
        Report::Dora(args) => dora::run(args, global, printer).await,
    }
}
