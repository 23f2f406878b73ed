use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use xtask::emulator::{Emulator, EmulatorOptions};

/// Start the local AWS and keep it up until Ctrl-C
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Port to listen on; a free one if absent
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Docker-compatible socket that runs tasks as containers; without it the emulator models tasks itself
    #[arg(long, value_name = "PATH")]
    containers_socket: Option<PathBuf>,
    /// Divide every waiting time of the modelled AWS by this
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    speed: u32,
    /// Region of requests that name none
    #[arg(long, default_value = "ap-northeast-2")]
    region: String,
}

pub(crate) fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let (stop, stopped) = channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;
    let mut emulator = Emulator::start(EmulatorOptions {
        port: args.port,
        container_engine_socket: args.containers_socket,
        speed: args.speed,
        region: args.region,
        ..EmulatorOptions::default()
    })?;

    let mut stdout = std::io::stdout().lock();
    for (name, value) in emulator.environment() {
        writeln!(stdout, "export {name}={value}")?;
    }
    writeln!(stdout, "# log: {}", emulator.log_file().display())?;
    stdout.flush()?;
    loop {
        match stopped.recv_timeout(Duration::from_millis(500)) {
            Err(RecvTimeoutError::Timeout) if emulator.is_running()? => {}
            Err(RecvTimeoutError::Timeout) => return Err("the emulator ended by itself".into()),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
