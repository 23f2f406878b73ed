use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Cli;
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::output::Printer;

/// Print a script that completes `ops` commands in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(ops completions bash)
  ops completions zsh > ~/.zfunc/_ops
  ops completions fish > ~/.config/fish/completions/ops.fish")]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ops", &mut script);
    printer.data(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Done)
}
