//! A simulated AWS account for tests of the engine: ECS services with rolling rollouts, target groups,
//! S3 objects and a caller, over virtual time, with faults and crashes.
//!
//! Time is [`tokio::time::Instant`]: a test with a paused clock waits without waiting. What the account
//! shows depends only on what was asked of it and when, never on how often somebody looked.
//!
//! ```
//! # use std::time::Duration;
//! # use ops_sim::{ImageBehaviour, SimulatedAccount};
//! let account = SimulatedAccount::new();
//! account.create_cluster("slipway-dev");
//! account.create_bucket("slipway-dev-ops");
//! account.push_image("repository@sha256:1234", ImageBehaviour::Healthy { start: Duration::from_secs(5) });
//! let cloud = account.cloud();
//! ```

mod account;
mod answers;
mod arns;
mod by_hand;
mod clock;
mod containers;
mod events;
mod faults;
mod identifiers;
mod identity;
mod images;
mod objects;
mod operations;
mod rollouts;
mod scheduler;
mod service_calls;
mod services;
mod state;
mod targets;
mod task_definitions;
mod task_steps;
mod tasks;
mod timing;
mod writes;

pub use account::SimulatedAccount;
pub use by_hand::ByHand;
pub use clock::{EPOCH, SimulatedClock};
pub use faults::Faults;
pub use images::ImageBehaviour;
pub use operations::Operation;
pub use timing::Timing;
pub use writes::Write;
