use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    /// Look for the repository in this directory and above it
    #[arg(short = 'C', long, global = true, value_name = "DIRECTORY", value_hint = clap::ValueHint::DirPath)]
    pub(crate) directory: Option<PathBuf>,

    /// Form of what is written to standard output
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORM")]
    pub(crate) output: OutputForm,

    /// Write results and errors, but no talk in between
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more about what is being done
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum OutputForm {
    /// For people; coloured on a terminal unless `NO_COLOR` is set
    #[default]
    Human,
    /// One JSON document with a `schema_version`, for programs
    Json,
    /// Markdown, for a comment on a pull request; `plan` alone has it
    Markdown,
}
