use std::sync::Arc;
use std::time::Duration;

use ops_engine::clock::SystemClock;
use ops_engine::continue_rollout::{ContinueRequest, continue_rollout};
use ops_model::declaration::PauseEnd;

use super::attended::{LETTING_GO, attended};
use super::reconcile::verdict;
use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::GlobalOptions;
use crate::output::Printer;

/// Let a deployment go on that waits at a pause, and wait for its verdict
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops continue prod api               go on: the next step, and the next pause if there is one
  ops continue prod api --rollback    take it back: what served before serves again

Pauses stand under `deployment.pauses` in environment.yaml. Who ended one, and when, is kept in the records.")]
pub(crate) struct Args {
    /// Environment, such as `prod`
    environment: String,

    /// Service whose deployment waits
    service: String,

    /// Take the deployment back instead
    #[arg(long)]
    rollback: bool,

    /// Do not ask before going on
    #[arg(short, long)]
    yes: bool,

    /// Seconds to wait while somebody else reconciles the environment
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, None).await?.read(&args.environment).await?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let (end, what) = if args.rollback {
        (PauseEnd::Rollback, "Take the deployment back")
    } else {
        (PauseEnd::Continue, "Let the deployment go on")
    };
    if !args.yes {
        printer.confirm(&format!("{what} of {} in {}?", args.service, args.environment))?;
    }
    let request = ContinueRequest {
        commit: declared.commit,
        declaration: declared.declaration,
        service: args.service.clone(),
        end,
        patience_for_lease: Duration::from_secs(args.wait),
    };
    let record = attended(printer, None, LETTING_GO, |events, cancelled| {
        continue_rollout(&cloud, Arc::new(SystemClock), request, events, cancelled)
    })
    .await?;
    verdict(&record, global, printer)?;
    // Taking it back is what was asked for.
    let taken_back = args.rollback && record.outcome == ops_model::outcome::Outcome::RolledBack;
    Ok(if taken_back { ExitCode::Done } else { ExitCode::of(record.outcome) })
}
