//! The real SDK against the emulator: each test starts one of its own.

mod account;
mod blue_green;
mod distributions;
mod documents;
mod firewalls;
mod fixture;
mod load_balancing;
mod logs;
mod objects;
mod preflight;
mod scaling;
mod schedules;
mod secrets;
mod services;
mod site_objects;
mod tasks;
