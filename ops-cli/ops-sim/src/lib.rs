//! A simulated AWS account for tests of the engine: ECS services with rollouts of every strategy, tasks, target groups and
//! listener rules, scaling, schedules, secrets, logs, S3 objects and a caller, over virtual time, with faults and crashes.
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
mod alarms;
mod answers;
mod arns;
mod balancers;
mod by_hand;
mod clock;
mod container_fates;
mod containers;
mod deployment_rules;
mod described;
mod distributions;
mod edge;
mod events;
mod faults;
mod firewalls;
mod identifiers;
mod identity;
mod images;
mod lifecycle;
mod listeners;
mod logs;
mod objects;
mod operations;
mod preflight;
mod provision;
mod roles;
mod rollouts;
mod scaling;
mod scenarios;
mod scheduler;
mod schedules;
mod secrets;
mod service_calls;
mod services;
mod settings;
mod shifting;
mod site_objects;
mod standalone_tasks;
mod state;
mod targets;
mod task_counts;
mod task_definitions;
mod task_steps;
mod tasks;
mod timing;
mod truth;
mod writes;

pub use account::SimulatedAccount;
pub use by_hand::ByHand;
pub use clock::{EPOCH, SimulatedClock};
pub use edge::Served;
pub use faults::Faults;
pub use images::ImageBehaviour;
pub use operations::Operation;
pub use scenarios::ScenarioBehaviour;
pub use timing::Timing;
pub use truth::TrueService;
pub use writes::Write;
