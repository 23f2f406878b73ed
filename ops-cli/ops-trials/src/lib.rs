//! Random trials of the engine on the simulated account. A seed is a trial: an environment that was drawn, pushes to it, edits
//! by hand, faults and crashes, and after all of them properties that must hold. `cargo xtask sim` runs many.

pub mod bundle;
mod campaign;
mod canary;
mod class;
pub mod convergence;
pub mod drawn;
pub mod edit;
mod finding;
mod foreign;
pub mod images;
pub mod platform;
mod property;
mod reachability;
pub mod reconciler;
mod round;
mod site_view;
mod story;
mod trial;
mod trouble;
mod watch;

pub use campaign::{Campaign, Progress, Summary};
pub use class::Class;
pub use finding::{Broken, Finding, Property};
pub use story::Story;
pub use trial::{Told, run};
