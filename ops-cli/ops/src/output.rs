//! What a person or a program gets to see. Data goes to standard output, talk to standard error.

mod counted;
pub(crate) mod human;
pub(crate) mod json_v1;
pub(crate) mod junit;
pub(crate) mod markdown;
mod printer;
mod progress;

pub(crate) use counted::Counted;
pub(crate) use printer::Printer;
pub(crate) use progress::ReconcileProgress;
