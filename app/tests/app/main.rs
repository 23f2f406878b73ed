//! The real binary over real sockets.

mod control_plane;
mod hostile;
mod replica;
mod schemathesis;
mod serve;
mod server;
mod telemetry;
mod uploads;
mod worker;
