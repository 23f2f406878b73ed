//! Holds one call of a program: there the program can be killed, or AWS changed, and not a moment earlier or later.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Forwarder, Request, RequestReader, listen};

/// Hands everything on, but for the call that it was told to hold. Serves on loopback until the process ends.
#[derive(Debug)]
pub struct HoldingProxy {
    address: SocketAddr,
    next: Arc<Mutex<Option<Hold>>>,
}

/// Where a call is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nobody has got it.
    Before,
    /// It is done, and who sent it does not know.
    After,
}

/// A call that is held as soon as it comes. Dropped, it is not answered, and not sent where it was held before.
#[derive(Debug)]
pub struct Held {
    came: Receiver<()>,
    go_on: Sender<()>,
}

#[derive(Debug)]
struct Hold {
    operation: String,
    path: String,
    moment: Moment,
    came: Sender<()>,
    go_on: Receiver<()>,
}

impl HoldingProxy {
    /// `emulator` is its endpoint.
    ///
    /// # Errors
    /// When there is no port to listen on.
    pub fn start(emulator: String) -> io::Result<Self> {
        let next: Arc<Mutex<Option<Hold>>> = Arc::default();
        let (emulator, served) = (Forwarder::to(emulator), Arc::clone(&next));
        let address = listen(move |stream| serve(&emulator, &served, stream))?;
        Ok(Self { address, next })
    }

    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Holds the next call of this operation, named as in `ecs:RunTask`, `s3:PUT` or `unsigned:GET`, that has `path` in
    /// its path. Only one call is waited for at a time.
    #[must_use]
    pub fn hold(&self, operation: &str, path: &str, moment: Moment) -> Held {
        let ((came, has_come), (go_on, goes_on)) = (mpsc::channel(), mpsc::channel());
        let hold = Hold { operation: operation.to_owned(), path: path.to_owned(), moment, came, go_on: goes_on };
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(hold);
        Held { came: has_come, go_on }
    }
}

impl Held {
    /// Returns once the call is held.
    ///
    /// # Errors
    /// When it has not come within the limit.
    pub fn wait(&self, limit: Duration) -> Result<(), RecvTimeoutError> {
        self.came.recv_timeout(limit)
    }

    /// Lets it go on.
    pub fn release(self) {
        // Nobody is there to go on where the connection has broken.
        let _ = self.go_on.send(());
    }
}

impl Hold {
    fn is_of(&self, request: &Request) -> bool {
        self.operation == request.operation() && request.path().contains(&self.path)
    }

    fn wait(&self, moment: Moment) -> io::Result<()> {
        if self.moment != moment {
            return Ok(());
        }
        let _ = self.came.send(());
        self.go_on.recv().map_err(io::Error::other)
    }
}

fn serve(emulator: &Forwarder, next: &Mutex<Option<Hold>>, stream: TcpStream) -> io::Result<()> {
    // Small answers would otherwise wait for an acknowledgement.
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut requests = RequestReader::new(stream);
    while let Some(request) = requests.next()? {
        let hold = next.lock().unwrap_or_else(PoisonError::into_inner).take_if(|hold| hold.is_of(&request));
        let wait = |moment| hold.as_ref().map_or(Ok(()), |hold| hold.wait(moment));
        wait(Moment::Before)?;
        let answer = emulator.forward(&request)?;
        wait(Moment::After)?;
        answers.write_all(&answer)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    /// Counts requests and answers each.
    fn server() -> (String, Arc<AtomicU32>) {
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let address = listen(move |mut stream| {
            let mut requests = RequestReader::new(stream.try_clone()?);
            while requests.next()?.is_some() {
                counted.fetch_add(1, Ordering::Relaxed);
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")?;
            }
            Ok(())
        });
        (format!("http://{}", address.expect("a port")), count)
    }

    fn ask(proxy: &HoldingProxy, path: &str) -> bool {
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        agent.get(format!("http://{}{path}", proxy.address())).call().is_ok()
    }

    #[test]
    fn a_call_is_held_on_either_side_and_others_pass() {
        for (moment, sent) in [(Moment::Before, 1), (Moment::After, 2)] {
            let (endpoint, count) = server();
            let proxy = HoldingProxy::start(endpoint).expect("a port");
            thread::scope(|scope| {
                let held = proxy.hold("unsigned:GET", "/held", moment);
                let asked = scope.spawn(|| ask(&proxy, "/held"));
                held.wait(LIMIT).expect("it came");
                assert!(ask(&proxy, "/other"), "{moment:?}");
                assert_eq!(count.load(Ordering::Relaxed), sent, "{moment:?}");
                held.release();
                assert!(asked.join().expect("it ended"), "{moment:?}");
                assert_eq!(count.load(Ordering::Relaxed), 2, "{moment:?}");

                let held = proxy.hold("unsigned:GET", "/held", moment);
                let asked = scope.spawn(|| ask(&proxy, "/held"));
                held.wait(LIMIT).expect("it came");
                drop(held);
                assert!(!asked.join().expect("it ended"), "{moment:?}: nobody answers");
                assert_eq!(count.load(Ordering::Relaxed), 1 + sent, "{moment:?}");
            });
        }
    }
}
