//! Connections: HTTP/1.1 on a listener, with bounds on what a client may send before there is a request.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// Bytes of a request's head. More is answered 431. Tokens and trace headers are some kilobytes at most.
const LARGEST_HEAD: usize = 32 * 1024;

/// When there are no file descriptors left, some connections may end meanwhile.
const PAUSE: Duration = Duration::from_secs(1);

/// Answers until `closed`, then finishes what is in flight: idle connections are closed at once. `head_time`: from the end
/// of one request to the end of the next one's head; a connection that takes longer is closed.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    head_time: Duration,
    closed: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_time).max_header_size(LARGEST_HEAD);
    let connections = GracefulShutdown::new();
    tokio::pin!(closed);
    loop {
        let (stream, address) = tokio::select! {
            () = &mut closed => break,
            accepted = accept(&listener) => accepted,
        };
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            let router = router.clone();
            async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
        });
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(client = %address.ip(), causes = %crate::causes(&error), "a connection broke: {error}");
            }
        });
    }
    drop(listener);
    connections.shutdown().await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use std::io::ErrorKind as Kind;
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "can't set TCP_NODELAY");
                }
                return (stream, address);
            }
            // The client's affair.
            Err(error)
                if [Kind::ConnectionRefused, Kind::ConnectionAborted, Kind::ConnectionReset]
                    .contains(&error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "can't accept connections");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
