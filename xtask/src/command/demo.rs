use std::error::Error;
use std::io::Write as _;
use std::sync::mpsc::channel;

use xtask::demo::{self, DemoOptions, OpsBuild};

/// Do the main job on this machine: provision, push, reconcile, promote, survive a bad build
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave everything up until Ctrl-C, and say how to use it
    #[arg(long)]
    keep: bool,
    /// Divide AWS's waiting times (health check intervals, grace periods, draining) by this
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    speed: u32,
    /// Model tasks in the emulator even where containers could run
    #[arg(long)]
    without_containers: bool,
    /// At the end prove that a second Terraform plan is empty, and that everything can be removed again
    #[arg(long, conflicts_with = "keep")]
    tear_down: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    // Ctrl-C reaches the running command, which ends; then everything that was started is stopped.
    let (stop, stopped) = channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;
    let options = DemoOptions {
        speed: args.speed,
        ops: OpsBuild::Dev,
        without_containers: args.without_containers,
        tear_down: args.tear_down,
    };
    let finished = demo::run(&options)?;
    if args.tear_down {
        finished.tear_down()?;
    }
    if args.keep {
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "\n{}# Ctrl-C ends it", finished.how_to_use())?;
        stdout.flush()?;
        // An error means that nobody can ask us to stop any more.
        let _ = stopped.recv();
    }
    Ok(())
}
