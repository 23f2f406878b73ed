//! The real binary over real sockets.

mod control_plane;
mod replica;
mod schemathesis;
mod serve;
mod server;
mod uploads;
mod worker;
