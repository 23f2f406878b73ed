use ops_engine::clock::SystemClock;
use ops_engine::lease;
use ops_engine::observe::verify_account;

use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Show who holds an environment, or take it away from them
///
/// One reconcile works on an environment at a time, whoever runs it. Its lease is renewed every 15 seconds and is free
/// a minute after its holder has gone; on the same machine, at once. Breaking it is for a holder that is there and
/// cannot go on: it finds out when it renews, finishes the call it is in, and stops.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops lease prod
  ops lease prod --output json
  ops lease prod --break --reason \"runner 7 hangs, see the incident of today\"")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Take the lease away from whoever holds it now
    #[arg(long = "break", requires = "reason")]
    breaks: bool,

    /// Why, for everybody who looks at the lease later
    #[arg(long, value_name = "TEXT", requires = "breaks", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: Option<String>,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, None).await?.read(&args.environment).await?;
    let environment = &declared.declaration.environment;
    let cloud = connect(environment, printer).await?;
    let (objects, bucket) = (cloud.objects.as_ref(), &environment.ops_bucket);
    let actor = verify_account(&cloud, environment).await?;
    if let Some(reason) = args.reason.clone().filter(|_| args.breaks) {
        let broken = lease::break_lease(objects, &SystemClock, &args.environment, bucket, actor, reason).await?;
        printer.status(&format!("{}: the lease of {} is broken", args.environment, broken.holder));
    }
    let status = lease::look(objects, &SystemClock, &args.environment, bucket).await?;
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::lease(&args.environment, &status))?,
        OutputForm::Json => printer.json(&json_v1::lease(&args.environment, &status))?,
    }
    Ok(ExitCode::Done)
}
