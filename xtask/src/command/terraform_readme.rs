use std::error::Error;
use std::io::Write as _;

use xtask::local_folder::workspace;
use xtask::terraform_readme::{COMMAND, Readme, folders};

/// Write the tables of inputs and outputs into the READMEs of the Terraform modules
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing, and fail when a README does not say what its module says
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    // All are read before any is written: one that is refused leaves the rest as they are.
    let readmes = folders(&workspace().join("terraform"))?;
    let readmes = readmes.iter().map(|folder| Readme::read(folder)).collect::<Result<Vec<_>, _>>()?;
    let stale: Vec<_> = readmes.iter().filter(|readme| readme.is_stale()).collect();

    let mut stdout = std::io::stdout().lock();
    for readme in &stale {
        let path = readme.path.strip_prefix(workspace()).unwrap_or(&readme.path);
        if args.check {
            writeln!(stdout, "stale: {}", path.display())?;
        } else {
            readme.write()?;
            writeln!(stdout, "written: {}", path.display())?;
        }
    }
    if args.check && !stale.is_empty() {
        return Err(format!("{} of {} READMEs are stale; run `{COMMAND}`", stale.len(), readmes.len()).into());
    }
    Ok(())
}
