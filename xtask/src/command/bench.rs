use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use xtask::bench::{self, BenchOptions};

/// Measure `ops` beside what it is to be
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Plan(PlanArgs),
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

pub(crate) fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let What::Plan(args) = &args.what;
    let options = BenchOptions {
        services: args.services.iter().copied().map(usize::from).collect(),
        latency: Duration::from_millis(args.latency),
        release: args.release,
        without_terraform: args.without_terraform,
    };
    let report = bench::plan(&options, |line| {
        // Nobody is left to be told that standard error is closed.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    })?;
    let mut stdout = std::io::stdout().lock();
    if args.json {
        writeln!(stdout, "{:#}", report.json())?
    } else {
        write!(stdout, "{report}")?
    }
    Ok(())
}
