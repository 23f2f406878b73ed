//! What the simulated account does, seen through the cloud traits alone.

mod by_hand;
mod faults;
mod objects;
mod properties;
mod rollouts;
mod scenario;
mod services;
mod task_definitions;
