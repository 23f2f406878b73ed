//! A declaration from what runs: the inverse of [`crate::desired`].
//!
//! What the declaration has a name for is read into it. What still differs when that is rendered again goes to `overrides`, so
//! that the plan of an imported environment is empty; what not even those can say is a note for the person.

mod artifacts;
mod assembly;
mod connect;
mod container;
pub mod copilot;
mod deployment;
pub mod ecspresso;
mod found;
mod handwriting;
mod member;
mod note;
mod overrides;
mod plain_secret;
mod proof;
mod read_error;
mod scaling;
mod schedule;
mod secret;
mod service;
mod sidecar;
mod volume;
mod workload;
mod yaml;

pub use assembly::{Imported, import};
pub(crate) use deployment::deployment;
pub use found::{Found, FoundService, FoundTask};
pub use handwriting::Written;
pub use note::Note;
pub use plain_secret::{NOT_COPIED, Withheld};
pub use proof::{Proof, prove};
pub use read_error::ReadError;
pub use secret::secret_places;
