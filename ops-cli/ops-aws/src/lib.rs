//! The cloud traits of `ops-engine` on the AWS SDK: domain words go in, the SDK stays inside, and errors answer
//! questions. [`Account::connect`] is the way in.

mod account;
mod aws_document;
mod call_counter;
mod containers;
mod distributions;
mod document_folder;
mod error;
mod firewalls;
mod identity;
mod immutable_documents;
mod json_body;
mod last_endpoint;
mod logs;
mod objects;
mod preflight;
mod region;
mod scaling;
mod schedules;
mod secrets;
mod site_objects;
mod targets;
mod time;
#[cfg(test)]
mod wire;

pub use account::{Account, DocumentCache, Options};
pub use region::RegionMismatch;
