use ops_engine::history;

use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// List the reconciles of an environment, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops history dev                     the last twenty
  ops history dev --limit 100
  ops history dev 01J9ZK…             one of them, with its changes and its evidence
  ops history dev --output json")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Show this one record whole
    #[arg(value_name = "RECORD")]
    record: Option<String>,

    /// How many records
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, None).await?.read(&args.environment).await?;
    let environment = &declared.declaration.environment;
    let cloud = connect(environment, printer).await?;
    let objects = cloud.objects.as_ref();
    if let Some(id) = &args.record {
        let record = history::one(objects, &environment.ops_bucket, id).await?;
        match global.output {
            OutputForm::Human | OutputForm::Markdown => printer.data(&human::whole_record(&record))?,
            OutputForm::Json => printer.json(&json_v1::record(&record))?,
        }
    } else {
        let records = history::newest(objects, &environment.ops_bucket, args.limit).await?;
        match global.output {
            OutputForm::Human | OutputForm::Markdown => printer.data(&human::history(&args.environment, &records))?,
            OutputForm::Json => printer.json(&json_v1::history(&args.environment, &records))?,
        }
    }
    Ok(ExitCode::Done)
}
