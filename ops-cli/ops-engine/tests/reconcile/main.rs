//! The engine on a simulated account: virtual time, faults and crashes.

mod convergence;
mod crashes;
mod declared;
mod drawn;
mod edit;
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
mod records;
mod runs;
mod surroundings;
mod tasks;
mod traffic;
