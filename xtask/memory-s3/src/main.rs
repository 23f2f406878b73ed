//! An S3 server that keeps everything in memory: `cargo xtask bench site` measures clients with it, because it costs
//! them less than any other. Protocol and signatures are [`s3s`]'s.
//!
//! It listens on loopback, writes its address as its only line, and ends when its standard input does.

mod object;
mod service;
mod store;

use std::error::Error;
use std::io::Write as _;
use std::net::Ipv4Addr;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use self::service::MemoryS3;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(access_key), Some(secret_key), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: memory-s3 ACCESS_KEY_ID SECRET_ACCESS_KEY".into());
    };
    let mut service = S3ServiceBuilder::new(MemoryS3::default());
    service.set_auth(SimpleAuth::from_single(access_key, secret_key));
    let service = service.build();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                // Small answers would otherwise wait for an acknowledgement.
                let _ = connection.set_nodelay(true);
                // A connection that breaks is the business of the program at its other end.
                let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(connection), service).await;
            });
        }
    });
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(())
}
