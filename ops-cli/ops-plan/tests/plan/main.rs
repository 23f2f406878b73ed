//! What is planned for a live environment, and that a plan carried out leaves nothing to plan.

mod document;
mod drift;
mod environment_gates;
mod explain;
mod firewall;
mod fixture;
mod gates;
mod only;
mod properties;
mod services;
mod sites;
mod tasks;
mod waves;
