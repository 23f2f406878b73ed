//! The real SDK against the emulator: each test starts one of its own.

mod account;
mod fixture;
mod load_balancing;
mod objects;
mod services;
