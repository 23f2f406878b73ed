//! What stands between a program and the emulator.

mod holding;
mod http_message;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

pub use holding::{Held, HoldingProxy, Moment};
pub(crate) use http_message::{Forwarder, Request, RequestReader};

/// Serves on loopback until the process ends, each connection in a thread of its own.
pub(crate) fn listen(serve: impl Fn(TcpStream) -> io::Result<()> + Send + Sync + 'static) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = Arc::clone(&serve);
            // A connection that breaks is the business of the program at its other end.
            thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}
