//! The engine on a simulated account: virtual time, faults and crashes.

mod crashes;
mod declared;
mod fixture;
mod git;
mod leases;
mod outcomes;
mod platform;
mod promotion;
mod records;
