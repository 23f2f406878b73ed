//! The engine on a simulated account: virtual time, faults and crashes.

mod convergence;
mod crashes;
mod declared;
mod environment_gates;
mod firewall;
mod fixture;
mod git;
mod import;
mod leases;
mod logs;
mod odd_documents;
mod outcomes;
mod platform;
mod preflight;
mod promotion;
mod record_chain;
mod records;
mod runs;
mod scenarios;
mod sites;
mod surroundings;
mod tasks;
mod traffic;
