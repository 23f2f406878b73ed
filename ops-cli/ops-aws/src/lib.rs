//! The cloud traits of `ops-engine` on the AWS SDK: domain words go in, the SDK stays inside, and errors answer
//! questions. [`Account::connect`] is the way in.

mod account;
mod call_counter;
mod containers;
mod error;
mod identity;
mod last_endpoint;
mod objects;
mod other_settings;
mod region;
#[cfg(test)]
mod sdk_json;
mod targets;
mod time;

pub use account::{Account, Options};
pub use region::RegionMismatch;
