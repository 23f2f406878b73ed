use ops_engine::clock::SystemClock;
use ops_engine::preflight::{Verdict, check_live};
use ops_model::declaration::{self, scenario_paths, scenario_texts, unknown_origin};

use crate::connection::connect;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};
use crate::repository::Repository;
use crate::scenarios::{self, Syntax};

/// Check the declarations, offline: every fault at once, with its place and its remedy
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops check                    all environments
  ops check prod               one of them
  ops check --output json      for a program, such as a CI job that annotates lines
  ops check prod --live        and whether the account has what tasks need

Without `--live` nothing is read but files, and nothing is ever changed. The exit code is 0 when there is
no fault and no check has failed, and 1 otherwise. A check that is SKIPPED could not be made; it says why.")]
pub(crate) struct Args {
    /// Look at the live account, too: images, secrets, roles, target groups, log groups, alarms, quotas
    #[arg(long)]
    live: bool,

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

    let known = repository.environments()?;
    let mut checked = Vec::new();
    for name in names {
        let files = repository.declaration_files(&name);
        let result = declaration::read(&name, &files.environment, &files.builds);
        let result = result.and_then(|read| match unknown_origin(&read, &files.environment, &known) {
            Some(faults) => Err(faults),
            None => Ok(read),
        });
        let mut environment = CheckedEnvironment {
            files: vec![files.environment.name, files.builds.name],
            unchecked: None,
            result,
            name,
        };
        check_scenarios(&repository, &mut environment)?;
        checked.push(environment);
    }

    if args.live && checked.iter().all(|environment| environment.result.is_ok()) {
        return check_the_account(&checked, global, printer);
    }
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::check(&checked))?,
        OutputForm::Json => printer.json(&json_v1::check(&checked))?,
    }
    let faulty = checked.iter().filter(|environment| environment.result.is_err()).count();
    if faulty == 0 {
        return Ok(ExitCode::Done);
    }
    printer.status(&format!("environments with faults: {faulty} of {}", checked.len()));
    Ok(ExitCode::Error)
}

/// Looks at the files of an environment's scenarios.
fn check_scenarios(repository: &Repository, checked: &mut CheckedEnvironment) -> Result<(), CommandError> {
    let Ok(declaration) = &checked.result else { return Ok(()) };
    let environment = &declaration.environment;
    checked.files.extend(scenario_paths(environment).into_iter().map(str::to_owned));
    let faults = match scenario_texts(environment, &repository.scenario_files(environment)) {
        Err(faults) => Some(faults),
        Ok(texts) if texts.is_empty() => None,
        Ok(texts) => match runtime()?.block_on(scenarios::syntax(environment, &texts))? {
            Syntax::Parsed(faults) => faults,
            Syntax::NotParsed(why) => {
                checked.unchecked = Some(format!("the files of its scenarios were not parsed: {why}"));
                None
            }
        },
    };
    if let Some(faults) = faults {
        checked.result = Err(faults);
    }
    Ok(())
}

fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Runtime::new().map_err(|error| CommandError::new(ErrorKind::Output, error))
}

/// Looks at the account of each environment.
fn check_the_account(
    checked: &[CheckedEnvironment],
    global: &GlobalOptions,
    printer: &Printer,
) -> Result<ExitCode, CommandError> {
    let runtime = runtime()?;
    let mut sound = true;
    let mut documents = Vec::new();
    for declaration in checked.iter().filter_map(|environment| environment.result.as_ref().ok()) {
        let environment = &declaration.environment;
        let findings = runtime.block_on(async {
            let cloud = connect(environment, printer).await?;
            Ok::<_, CommandError>(check_live(&cloud, &SystemClock, declaration).await?)
        })?;
        sound &= !findings.iter().any(|finding| matches!(finding.verdict, Verdict::Failed { .. }));
        match global.output {
            OutputForm::Human | OutputForm::Markdown => {
                printer.data(&human::findings(&environment.environment, &findings))?;
            }
            OutputForm::Json => documents.push(json_v1::findings(&environment.environment, &findings)),
        }
    }
    match documents.as_slice() {
        [] => {}
        [one] => printer.json(one)?,
        many => printer.json(&many)?,
    }
    Ok(if sound { ExitCode::Done } else { ExitCode::Error })
}

/// What became of checking one environment.
pub(crate) struct CheckedEnvironment {
    pub(crate) name: String,
    /// Paths of its files in the repository.
    pub(crate) files: Vec<String>,
    /// What could not be looked at, and why.
    pub(crate) unchecked: Option<String>,
    pub(crate) result: Result<declaration::Declaration, declaration::Faults>,
}
