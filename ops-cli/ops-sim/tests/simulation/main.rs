//! What the simulated account does, seen through the cloud traits alone.

mod by_hand;
mod documents;
mod faults;
mod firewalls;
mod logs;
mod objects;
mod preflight;
mod properties;
mod provision;
mod rollouts;
mod scaling;
mod scenario;
mod schedules;
mod secrets;
mod services;
mod shifting;
mod sites;
mod targets;
mod task_definitions;
mod tasks;
