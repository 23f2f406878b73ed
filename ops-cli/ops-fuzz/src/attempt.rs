//! The process that dies of an input in the place of the one that searches: it takes inputs on its standard input, each
//! after its length, and says of each in a line of JSON how it went.

use std::error::Error;
use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

use crate::target::Target;

/// The stack of a thread of tokio, in which `ops` and the worker of the control plane read.
const STACK_BYTES: usize = 2 * 1024 * 1024;

/// Address space: a container of the control plane has not more memory, and no input needs a tenth of it.
const MEMORY_BYTES: u64 = 1024 * 1024 * 1024;

/// How an input went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// The way that the input took.
    Passed(String),
    /// Message and place.
    Panicked(String),
}

/// Serves until the standard input ends.
pub(crate) fn serve(target: Target) -> Result<(), Box<dyn Error>> {
    setrlimit(Resource::As, Rlimit { current: Some(MEMORY_BYTES), maximum: Some(MEMORY_BYTES) })?;
    // A file of the memory that was in use helps nobody here.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    let said = Arc::new(Mutex::new(String::new()));
    let hook = Arc::clone(&said);
    panic::set_hook(Box::new(move |panic| {
        *hook.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    let served = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let (mut stdin, mut stdout) = (io::stdin().lock(), io::stdout().lock());
        while let Some(input) = receive(&mut stdin)? {
            let answer = match panic::catch_unwind(AssertUnwindSafe(|| target.parse(&input))) {
                Ok(way) => Answer::Passed(way),
                Err(_) => Answer::Panicked(said.lock().unwrap_or_else(PoisonError::into_inner).clone()),
            };
            serde_json::to_writer(&mut stdout, &answer)?;
            writeln!(stdout)?;
            stdout.flush()?;
        }
        Ok::<_, io::Error>(())
    })?;
    Ok(served.join().map_err(|_| "the thread that parses ended in a panic")??)
}

pub(crate) fn send(to: &mut impl Write, input: &[u8]) -> io::Result<()> {
    let length = u32::try_from(input.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(input)?;
    to.flush()
}

fn receive(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let mut input = vec![0; usize::try_from(u32::from_le_bytes(length)).map_err(io::Error::other)?];
    from.read_exact(&mut input)?;
    Ok(Some(input))
}
