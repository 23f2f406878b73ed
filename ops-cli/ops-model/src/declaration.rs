//! What git says of an environment: `environment.yaml`, written by people, and `builds.yaml`,
//! written by `ops promote` and `ops rollback`.

mod builds;
mod document;
mod environment;
mod fault;
mod firewall;
mod network;
mod plain_secrets;
mod read;
mod rules;
mod service;
mod slow_part;
mod source_file;
mod structure;
mod tidy;

pub use builds::{Build, Builds, Digest};
pub use environment::{Environment, LoadBalancer, Registry};
pub use fault::{Fault, Faults};
pub use firewall::FirewallRule;
pub use network::{Nat, Network};
pub use read::{Declaration, read};
pub use service::{Deployment, HealthCheck, Public, Service};
pub use source_file::{FileContent, SourceFile, SourceText};
