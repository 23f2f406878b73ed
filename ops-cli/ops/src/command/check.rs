use ops_model::declaration;

use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};
use crate::repository::Repository;

/// Check the declarations, offline: every fault at once, with its place and its remedy
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops check                    all environments
  ops check prod               one of them
  ops check --output json      for a program, such as a CI job that annotates lines

Nothing is read but files. The exit code is 0 when there is no fault, and 1 otherwise.")]
pub(crate) struct Args {
    /// Environments to check; all of them when none is named
    #[arg(value_name = "ENVIRONMENT")]
    environments: Vec<String>,
}

pub(crate) fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let repository = Repository::find(global.directory.as_deref())?;
    printer.detail(&format!("repository: {}", repository.root().display()));
    let names = match args.environments.as_slice() {
        [] => repository.environments()?,
        named => {
            let mut names = named.to_vec();
            names.sort();
            names.dedup();
            for name in &names {
                repository.require_environment(name)?;
            }
            names
        }
    };

    let mut checked = Vec::new();
    for name in names {
        let files = repository.declaration_files(&name);
        let result = declaration::read(&name, &files.environment, &files.builds);
        checked.push(CheckedEnvironment { files: vec![files.environment.name, files.builds.name], result, name });
    }

    match global.output {
        OutputForm::Human => printer.data(&human::check(&checked))?,
        OutputForm::Json => printer.json(&json_v1::check(&checked))?,
    }
    let faulty = checked.iter().filter(|environment| environment.result.is_err()).count();
    if faulty == 0 {
        return Ok(ExitCode::Done);
    }
    printer.status(&format!("environments with faults: {faulty} of {}", checked.len()));
    Ok(ExitCode::Error)
}

/// What became of checking one environment.
pub(crate) struct CheckedEnvironment {
    pub(crate) name: String,
    /// Paths of its files in the repository.
    pub(crate) files: Vec<String>,
    pub(crate) result: Result<declaration::Declaration, declaration::Faults>,
}
