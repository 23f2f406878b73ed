use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};
use ops_engine::clock::{Clock as _, SystemClock};
use ops_engine::logs::{LogRequest, logs};

use crate::connection::connect;
use crate::declared::Source;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::interruption::Interruption;
use crate::output::{Printer, human, json_v1};

/// Show what services and tasks write, all containers interleaved by time
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops logs dev api                         the last ten minutes
  ops logs dev api --follow                and then what comes, until Ctrl-C
  ops logs dev                             all services and tasks of the environment
  ops logs prod api --since 2h --grep ERROR
  ops logs prod api --since 2026-11-23T04:00:00Z --until 2026-11-23T05:00:00Z
  ops logs prod api --output json          one JSON document a line")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Services and tasks; all of them when none is named
    #[arg(value_name = "SERVICE")]
    names: Vec<String>,

    /// Wait for more, until Ctrl-C
    #[arg(short, long, conflicts_with = "until")]
    follow: bool,

    /// From then on: a moment (`2026-11-23T04:00:00Z`), or so long ago (`30m`, `2h`, `1d`)
    #[arg(long, value_name = "WHEN", default_value = "10m", value_parser = moment)]
    since: Timestamp,

    /// Up to then; up to now when absent
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    until: Option<Timestamp>,

    /// Only lines that match CloudWatch's filter pattern: words, `\"a phrase\"`, `?either ?or`, `{ $.level = \"error\" }`
    #[arg(long, value_name = "PATTERN")]
    grep: Option<String>,
}

/// A moment, or a duration back from now.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
    let ago = match days {
        Some(days) => days.checked_mul(24 * 60 * 60).map(SignedDuration::from_secs),
        None => text.parse::<SignedDuration>().ok(),
    };
    ago.filter(|ago| !ago.is_negative())
        .and_then(|ago| SystemClock.now().checked_sub(ago).ok())
        .ok_or_else(|| "write a moment such as 2026-11-23T04:00:00Z, or a time such as 30m, 2h, 1d".to_owned())
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, None).await?.read(&args.environment).await?;
    let environment = &declared.declaration.environment;
    let cloud = connect(environment, printer).await?;
    let request = LogRequest {
        names: args.names.clone(),
        since: args.since,
        until: args.until,
        pattern: args.grep.clone(),
        follow: args.follow,
    };
    let interruption = Interruption::listen();
    let mut unwritable = None;
    let show = |line| {
        let written = match global.output {
            OutputForm::Json => json_v1::log_line(&line).and_then(|text| printer.data(&text)),
            OutputForm::Human | OutputForm::Markdown => printer.data(&format!("{}\n", human::plain_log_line(&line))),
        };
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                unwritable = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    logs(&cloud, &SystemClock, environment, &request, show, &interruption.token()).await?;
    match unwritable {
        Some(error) => Err(error.into()),
        None => Ok(ExitCode::Done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_durations_are_read_and_nothing_else_is() {
        assert_eq!(moment("2026-11-23T04:00:00Z").expect("a moment").to_string(), "2026-11-23T04:00:00Z");
        for ago in ["30m", "2h", "1d", "90s", "1h30m"] {
            assert!(moment(ago).expect("a duration") < SystemClock.now(), "{ago}");
        }
        for wrong in ["", "yesterday", "5", "-2h", "99999999999999999d"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
