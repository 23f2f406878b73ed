use std::sync::Arc;

use ops_engine::clock::SystemClock;
use ops_engine::run_task::{RunTaskRequest, run_task};

use super::attended::attended;
use super::reconcile::verdict;
use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::GlobalOptions;
use crate::output::Printer;

/// Run a declared task once, show what it writes, and wait for its end
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops run dev migrate                        with the declared command
  ops run dev migrate -- migrate --dry-run   with other arguments for the entry point
  ops run prod report --stop-on-interrupt    Ctrl-C stops the task, too

The newest declared version runs, whatever runs in services. Ctrl-C lets go, and the task goes on.
The exit code is 0 when every essential container ended with 0.")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Task, as it stands under `tasks` in environment.yaml
    task: String,

    /// Arguments in place of the declared `command`
    #[arg(last = true)]
    arguments: Vec<String>,

    /// Stop the task on Ctrl-C rather than let go of it
    #[arg(long)]
    stop_on_interrupt: bool,

    /// Read the declaration from this commit rather than from the work tree
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, args.commit.as_deref()).await?.read(&args.environment).await?;
    declared.require_committed()?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let request = RunTaskRequest {
        commit: declared.commit,
        declaration: declared.declaration,
        task: args.task.clone(),
        arguments: args.arguments.clone(),
        stop_on_interrupt: args.stop_on_interrupt,
    };
    let letting_go = if args.stop_on_interrupt {
        "stopping the task; once more ends at once, and the task goes on"
    } else {
        "letting go: the task goes on by itself; once more ends at once"
    };
    let record = attended(printer, None, letting_go, |events, cancelled| {
        run_task(&cloud, Arc::new(SystemClock), request, events, cancelled)
    })
    .await?;
    verdict(&record, global, printer)?;
    Ok(ExitCode::of(record.outcome))
}
