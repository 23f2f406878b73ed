//! What git says of an environment, what Terraform made, what AWS says now, and what a plan is.
//!
//! Pure data and pure functions: no I/O, no clock, no async runtime, no AWS crate. Everything that
//! two parts of Slipway have to agree on is a type in here.

pub mod blotter;
pub mod bundle;
pub mod declaration;
pub mod observation;
pub mod outcome;
pub mod ownership;
pub mod plan;
pub mod platform;
pub mod precompressed;
pub mod record;
pub mod rollout;
pub mod saved_plan;
pub mod scenario;
pub mod schema;
pub mod security_group;
pub mod site;
pub mod task_definition;
