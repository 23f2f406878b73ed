use std::str::FromStr;
use std::time::Duration;

use ops_engine::history;
use ops_model::declaration::Digest;
use ops_model::record::chain::KnownRecord;

use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Counted, Printer, human, json_v1};

/// Who waits longer than this wants to know for what.
const SILENCE: Duration = Duration::from_secs(1);

/// List the reconciles of an environment, newest first
///
/// Each record names the one before it by its SHA-256. `--verify` reads them all and says whether they are those that were
/// written; the exit code is 13 when they are not. docs/records.md says what that can show and what it cannot.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops history dev                     the last twenty
  ops history dev --limit 100
  ops history dev 01J9ZK…             one of them, with its changes and its evidence
  ops history dev --output json
  ops history prod --verify           whether they are those that were written
  ops history prod --verify --contains 01J9ZK… --contains 01JA02…@sha256:5f7c…")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Show this one record whole
    #[arg(value_name = "RECORD")]
    record: Option<String>,

    /// How many records
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,

    /// Read all records and say whether any was changed, deleted or put in between
    #[arg(long, conflicts_with_all = ["record", "limit"])]
    verify: bool,

    /// A record that has to be among them, with its SHA-256 where it is known: without one, records that are gone from the
    /// end may not show
    #[arg(long, value_name = "RECORD[@sha256:DIGEST]", requires = "verify")]
    contains: Vec<Known>,
}

/// Ids of records are ULIDs.
pub(super) fn is_record_id(text: &str) -> bool {
    text.len() == 26 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[derive(Debug, Clone)]
struct Known(KnownRecord);

impl FromStr for Known {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, sha256) = match text.split_once('@') {
            None => (text, None),
            Some((id, digest)) => {
                let digest = Digest::parse(digest).ok_or("the digest is `sha256:` and 64 hexadecimal digits")?;
                (id, Some(digest.hexadecimal().to_owned()))
            }
        };
        if !is_record_id(id) {
            return Err("a record's id is 26 digits and upper-case letters");
        }
        Ok(Self(KnownRecord { id: id.to_owned(), sha256 }))
    }
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, None).await?.read(&args.environment).await?;
    let environment = &declared.declaration.environment;
    let cloud = connect(environment, printer).await?;
    let objects = cloud.objects.as_ref();
    if args.verify {
        let known: Vec<_> = args.contains.iter().map(|known| known.0.clone()).collect();
        let progress = Counted::new(printer, format!("{}: reading", args.environment), "records").after(SILENCE);
        let tell = |done, of| progress.tell(done, of);
        let examination = history::examine(objects, &environment.ops_bucket, &known, tell).await?;
        drop(progress);
        match global.output {
            OutputForm::Human | OutputForm::Markdown => printer.data(&human::chain(&args.environment, &examination))?,
            OutputForm::Json => printer.json(&json_v1::chain(&args.environment, &examination))?,
        }
        return Ok(if examination.breaks.is_empty() { ExitCode::Done } else { ExitCode::BrokenChain });
    }
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
