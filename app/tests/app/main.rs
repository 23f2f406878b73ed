//! The real binary over real sockets.

mod control_plane;
mod serve;
mod server;
mod worker;
