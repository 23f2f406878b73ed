use std::error::Error;
use std::fmt::Display;
use std::io::Write as _;
use std::time::Duration;

use serde_json::Value;
use xtask::bench::{self, PlanOptions, SiteOptions};

/// Measure `ops` beside what it is to be
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Plan(PlanArgs),
    Site(SiteArgs),
}

/// Calls, time and memory of plans that change nothing, beside the least calls and beside Terraform
///
/// AWS is the emulator behind a proxy that adds latency and answers from memory what it was asked before. Aims that are
/// not met are said and are no error.
#[derive(Debug, clap::Args)]
struct PlanArgs {
    /// Sizes of the environments; Terraform is measured on the largest
    #[arg(long, num_args = 1.., default_values_t = [10, 100, 500], value_parser = clap::value_parser!(u16).range(1..=1000))]
    services: Vec<u16>,
    /// Latency of each call
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 50)]
    latency: u64,
    /// Measure ops as it is released, not as it is compiled for tests
    #[arg(long)]
    release: bool,
    /// Leave out Terraform, which needs minutes for 500 services
    #[arg(long)]
    without_terraform: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Time and memory to publish a site, beside `aws s3 sync` and rclone
///
/// All three bring the same files to the same S3 server, which keeps them in memory: first all of them, then nothing
/// new, then one in a hundred changed. For ops that is `ops promote --bundle` and `ops reconcile` together. Aims that
/// are not met are said and are no error.
#[derive(Debug, clap::Args)]
struct SiteArgs {
    /// Number of small files, of up to 16 KiB
    #[arg(long, value_name = "FILES", default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=50_000))]
    small: u16,
    /// Number of large files, of 12 MiB
    #[arg(long, value_name = "FILES", default_value_t = 50, value_parser = clap::value_parser!(u16).range(0..=200))]
    large: u16,
    /// Measure ops as it is released, not as it is compiled for tests
    #[arg(long)]
    release: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let say = |line: &str| {
        // Nobody is left to be told that standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    };
    match &args.what {
        What::Plan(args) => {
            let options = PlanOptions {
                services: args.services.iter().copied().map(usize::from).collect(),
                latency: Duration::from_millis(args.latency),
                release: args.release,
                without_terraform: args.without_terraform,
            };
            let report = bench::plan(&options, say)?;
            print(args.json, &report, || report.json())
        }
        What::Site(args) => {
            let options = SiteOptions { small: args.small.into(), large: args.large.into(), release: args.release };
            let report = bench::site(&options, say)?;
            print(args.json, &report, || report.json())
        }
    }
}

fn print(json: bool, report: &impl Display, document: impl FnOnce() -> Value) -> Result<(), Box<dyn Error>> {
    let mut stdout = std::io::stdout().lock();
    if json {
        writeln!(stdout, "{:#}", document())?
    } else {
        write!(stdout, "{report}")?
    }
    Ok(())
}
