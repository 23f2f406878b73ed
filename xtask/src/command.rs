//! One subcommand per file.

pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod emulator;
pub(crate) mod fuzz;
pub(crate) mod sim;
pub(crate) mod terraform_readme;
pub(crate) mod test;
