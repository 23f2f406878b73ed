use std::time::Duration;

use futures::future::join_all;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ops_engine::clock::{Clock as _, SystemClock};
use ops_engine::{git::Git, history};
use ops_plan::dora::{Dora, Period, commits, dora, is_enough};

use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Counted, Printer, human, json_v1};

/// Who waits longer than this wants to know for what.
const SILENCE: Duration = Duration::from_secs(1);

/// The four DORA figures, from the records: how often, how fast, how many fail, how long until it works again
///
/// docs/records.md says what each of them counts. A figure that too few deployments stand behind is not made up.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops report dora                          all environments, the last 30 days
  ops report dora prod --days 90
  ops report dora prod --since 2026-01-01
  ops report dora --output json

Lead times need git: a clone that is not shallow, of the repository that the builds are made from.")]
pub(crate) struct Args {
    /// Environments; all of them when none is named
    #[arg(value_name = "ENVIRONMENT")]
    environments: Vec<String>,

    /// How many days back
    #[arg(long, value_name = "NUMBER", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..))]
    days: u16,

    /// From this day on, in UTC
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with = "days")]
    since: Option<Date>,
}

/// The figures of one environment, or why there are none.
pub(crate) struct EnvironmentDora {
    pub(crate) environment: String,
    pub(crate) result: Result<Dora, CommandError>,
}

pub(super) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let source = Source::open(global, None).await?;
    let names = if args.environments.is_empty() { source.environments().await? } else { args.environments.clone() };
    let period = period(args, SystemClock.now());
    let figures = join_all(names.iter().map(async |name| EnvironmentDora {
        environment: name.clone(),
        result: of_environment(&source, name, period, printer).await,
    }));
    let figures = figures.await;
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::dora(&figures))?,
        OutputForm::Json => printer.json(&json_v1::dora(&figures))?,
    }
    let mut worst = ExitCode::Done;
    for EnvironmentDora { result, .. } in figures {
        if let Err(error) = result {
            printer.error(&error);
            worst = error.exit_code();
        }
    }
    Ok(worst)
}

fn period(args: &Args, now: Timestamp) -> Period {
    let days = SignedDuration::from_hours(24 * i64::from(args.days));
    // A day so far back that no clock knows it is before all records.
    let first_moment = |day: Date| day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |day| day.timestamp());
    let since = args.since.map_or_else(|| now.checked_sub(days).unwrap_or(Timestamp::MIN), first_moment);
    Period { since, until: now }
}

async fn of_environment(source: &Source, name: &str, period: Period, printer: &Printer) -> Result<Dora, CommandError> {
    let declared = source.read(name).await?;
    let environment = &declared.declaration.environment;
    let cloud = connect(environment, printer).await?;
    let progress = Counted::new(printer, format!("{name}: reading"), "records").after(SILENCE);
    let (objects, enough) = (cloud.objects.as_ref(), |record: &_| is_enough(record, period.since));
    let back = history::back_to(objects, &environment.ops_bucket, enough, |done, of| progress.tell(done, of)).await?;
    drop(progress);
    let git: &Git = source.git();
    let commit_times = git.commit_times(&commits(&back.records)).await?;
    Ok(dora(&back.records, &commit_times, period))
}
