//! What git says of an environment: `environment.yaml`, written by people, and `builds.yaml`,
//! written by `ops promote` and `ops rollback`.

mod alarms;
mod builds;
mod cluster;
mod database;
mod document;
mod domain;
mod environment;
mod fault;
mod firewall;
mod load_balancer;
mod logs;
mod names;
mod network;
mod plain_secrets;
mod queue;
mod read;
mod records;
mod rules;
mod service;
mod site;
mod slow_part;
mod source_file;
mod structure;
mod tidy;
mod uploads;

pub use alarms::{Alarms, Thresholds};
pub use builds::{Build, Builds, Digest};
pub use cluster::{ClusterSettings, ContainerInsights};
pub use database::Database;
pub use domain::{Domain, Zone};
pub use environment::{Environment, Registry};
pub use fault::{Fault, Faults};
pub use firewall::FirewallRule;
pub use load_balancer::{LoadBalancer, Protocol};
pub use logs::Logs;
pub use network::{Endpoint, FlowLogs, Nat, Network};
pub use queue::Queue;
pub use read::{Declaration, read};
pub use records::Records;
pub use service::{Deployment, HealthCheck, Public, Service};
pub use site::{PriceClass, Site};
pub use source_file::{FileContent, SourceFile, SourceText};
pub use uploads::Uploads;
