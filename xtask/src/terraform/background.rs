//! Work on several roots side by side, while whoever started it goes on.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::{Terraform, TerraformError};

/// Most of the time of an apply is the provider's own waiting: whoever waits with it sees that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Terraform at work on some roots. Dropped, it waits for those that nobody waited for.
#[derive(Debug)]
pub struct Background {
    began: Instant,
    roots: Vec<Root>,
}

#[derive(Debug)]
struct Root {
    name: String,
    result: Receiver<Result<Duration, TerraformError>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    /// Begins the same work in each folder; the names are for [`Background::wait`].
    #[must_use]
    pub fn start(
        terraform: &Terraform,
        roots: impl IntoIterator<Item = (String, PathBuf)>,
        work: fn(&Terraform, &Path) -> Result<(), TerraformError>,
    ) -> Self {
        let began = Instant::now();
        let start = |(name, folder): (String, PathBuf)| {
            let (terraform, (finished, result)) = (terraform.clone(), channel());
            let thread = thread::spawn(move || {
                let done = work(&terraform, &folder).map(|()| began.elapsed());
                // Nobody may be left to be told.
                let _ = finished.send(done);
            });
            Root { name, result, thread: Some(thread) }
        };
        Self { began, roots: roots.into_iter().map(start).collect() }
    }

    /// Waits until the work on one root is done, with a sign of life while it lasts, and says how long it took.
    ///
    /// # Errors
    /// When Terraform failed, or nobody works on such a root.
    pub fn wait(&mut self, name: &str, mut say: impl FnMut(&str)) -> Result<Duration, TerraformError> {
        let gone = || TerraformError::NotAtWork { root: name.to_owned() };
        let position = self.roots.iter().position(|root| root.name == name).ok_or_else(gone)?;
        let root = self.roots.swap_remove(position);
        loop {
            match root.result.recv_timeout(SIGN_OF_LIFE) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Timeout) => say(&format!("  … {} s", self.began.elapsed().as_secs())),
                Err(RecvTimeoutError::Disconnected) => return Err(gone()),
            }
        }
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic in there has been printed; there is nothing to add.
            let _ = thread.join();
        }
    }
}
