use clap::ValueEnum;
use ops_model::schema;

use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::output::Printer;

/// Print the JSON Schema of a file of the declaration, or of the platform contract
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops schema environment > infra/schema/environment.schema.json
  ops schema builds > infra/schema/builds.schema.json
  ops schema platform > infra/schema/platform.schema.json

Editors with a YAML language server complete and check the files by the schemas in infra/schema.")]
pub(crate) struct Args {
    /// Which file
    #[arg(value_enum, default_value_t)]
    file: SchemaOf,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum SchemaOf {
    /// environment.yaml, written by people
    #[default]
    Environment,
    /// builds.yaml, written by `ops promote` and `ops rollback`
    Builds,
    /// platform.json, written by Terraform
    Platform,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode, CommandError> {
    let schema = match args.file {
        SchemaOf::Environment => schema::environment(),
        SchemaOf::Builds => schema::builds(),
        SchemaOf::Platform => schema::platform(),
    };
    printer.json(&schema)?;
    Ok(ExitCode::Done)
}
