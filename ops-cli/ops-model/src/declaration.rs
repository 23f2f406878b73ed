//! What git says of an environment: `environment.yaml`, written by people, and `builds.yaml`,
//! written by `ops promote` and `ops rollback`.

mod alarms;
mod builds;
mod capacity;
mod cluster;
mod connect;
mod container;
mod database;
mod deployment;
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
mod scaling;
mod schedule_expression;
mod secret_reference;
mod service;
mod site;
mod slow_part;
mod source_file;
mod structure;
mod task;
mod tidy;
mod uploads;
mod volume;
mod workload;

pub use alarms::{Alarms, Thresholds};
pub use builds::{Build, BuildContent, Builds, Digest};
pub use capacity::{Capacity, CapacityShare};
pub use cluster::{ClusterSettings, ContainerInsights};
pub use connect::{Connect, ConnectProtocol};
pub use container::{Container, ContainerHealthCheck, ContainerLog, DependencyCondition, Mount, Sidecar};
pub use database::Database;
pub use deployment::{
    Canary, CircuitBreaker, Cleanup, Deployment, EarlySuccess, Linear, Pause, PauseEnd, Stage, Strategy,
};
pub use domain::{Domain, Zone};
pub use environment::{Environment, Registry};
pub use fault::{Fault, Faults};
pub use firewall::FirewallRule;
pub use load_balancer::{LoadBalancer, Protocol};
pub use logs::Logs;
pub use network::{Endpoint, FlowLogs, Nat, Network};
pub use plain_secrets::{holds_secret, looks_like_secret};
pub use queue::Queue;
pub use read::{Declaration, read};
pub use records::Records;
pub use scaling::{Scaling, ScalingTarget, ScheduledBounds, Step, StepScaling, StepUnit};
pub use secret_reference::{SecretPart, SecretReference};
pub use service::{HealthCheck, Public, Service, ServiceOverrides};
pub use site::{FileHeaders, PriceClass, Site, file_glob};
pub use source_file::{FileContent, SourceFile, SourceText};
pub use task::{Schedule, Task, TaskOverrides};
pub use uploads::Uploads;
pub use volume::{FileSystem, Volume};
pub use workload::{Architecture, Workload};
