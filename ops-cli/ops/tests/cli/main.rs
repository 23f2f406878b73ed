//! `ops` as its users see it: exit code, standard output and standard error.

mod check;
mod completions;
mod declaration_reference;
mod help;
mod import;
mod output;
mod run;
mod sandbox;
mod schema;
mod wrong_declarations;
