//! Stands between a program and the emulator, answers after a fixed latency, and counts.
//!
//! An answer is asked of the emulator once and comes from memory from then on: the emulator is one Python process, and
//! the time that it computes says nothing of the program that asks.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::proxy::{self, Forwarder, Request, RequestReader};

/// Named by their service and operation, for example `ecs:ListServices`.
pub(super) type Calls = BTreeMap<String, u32>;

/// Serves on loopback until the process ends.
pub(super) struct RecordingProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    emulator: Forwarder,
    latency: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whole messages, by what was asked.
    answers: HashMap<Vec<u8>, Arc<[u8]>>,
    calls: Calls,
    /// How many were asked of the emulator.
    forwarded: u32,
}

impl RecordingProxy {
    /// `emulator` is its endpoint; `latency` passes between the arrival of a request and its answer.
    pub(super) fn start(emulator: String, latency: Duration) -> io::Result<Self> {
        let shared = Arc::new(Shared { emulator: Forwarder::to(emulator), latency, state: Mutex::default() });
        let served = Arc::clone(&shared);
        let address = proxy::listen(move |stream| served.serve(stream))?;
        Ok(Self { address, shared })
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls since the last time, and how many of them the emulator had to be asked for.
    pub(super) fn take_calls(&self) -> (Calls, u32) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        (std::mem::take(&mut state.calls), std::mem::take(&mut state.forwarded))
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        // Small answers would otherwise wait for an acknowledgement.
        stream.set_nodelay(true)?;
        let mut answers = stream.try_clone()?;
        let mut requests = RequestReader::new(stream);
        while let Some(request) = requests.next()? {
            // The latency is the network's: it passes while nobody computes.
            thread::sleep(self.latency);
            answers.write_all(&self.answer(&request)?)?;
        }
        Ok(())
    }

    fn answer(&self, request: &Request) -> io::Result<Arc<[u8]>> {
        let question = request.question();
        let recorded = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            *state.calls.entry(request.operation()).or_default() += 1;
            state.answers.get(&question).cloned()
        };
        if let Some(answer) = recorded {
            return Ok(answer);
        }
        let answer: Arc<[u8]> = self.emulator.forward(request)?.into();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.forwarded += 1;
        state.answers.insert(question, Arc::clone(&answer));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::time::Instant;

    use ureq::Agent;

    use super::*;

    /// Answers one request and never another.
    fn answers_once() -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("it is bound"));
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            RequestReader::new(&stream).next().expect("readable").expect("a request");
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi").expect("sent");
        });
        endpoint
    }

    #[test]
    fn the_same_question_is_forwarded_once_counted_twice_and_delayed_each_time() {
        let latency = Duration::from_millis(40);
        let proxy = RecordingProxy::start(answers_once(), latency).expect("a port");
        let agent: Agent = Agent::config_builder().proxy(None).build().into();
        let began = Instant::now();
        for _ in 0..2 {
            let mut answer = agent.get(proxy.endpoint()).call().expect("an answer");
            assert_eq!(answer.body_mut().read_to_string().expect("text"), "hi");
        }
        assert!(began.elapsed() >= latency * 2);
        assert_eq!(proxy.take_calls(), (Calls::from([("unsigned:GET".to_owned(), 2)]), 1));
        assert_eq!(proxy.take_calls(), (Calls::new(), 0));
    }
}
