//! The engine on a simulated account: virtual time, faults and crashes.

mod crashes;
mod declared;
mod fixture;
mod git;
mod import;
mod leases;
mod logs;
mod outcomes;
mod platform;
mod preflight;
mod promotion;
mod records;
mod runs;
mod sites;
mod surroundings;
mod tasks;
mod traffic;
