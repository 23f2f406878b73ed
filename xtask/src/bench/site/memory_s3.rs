//! The S3 server that all clients of a run speak to.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::bench::Result;
use crate::local_folder;
use crate::ops_binary::OpsBuild;
use crate::tool;

/// A running server. It ends when this is dropped, or when this process is gone: it reads a pipe that only we hold.
pub(super) struct MemoryS3 {
    child: Child,
    endpoint: String,
}

impl MemoryS3 {
    /// Compiles it, optimised whatever is measured: its time is in everybody's.
    pub(super) fn start(access_key: &str, secret_key: &str) -> Result<Self> {
        let mut build = Command::new("cargo");
        build.current_dir(local_folder::workspace()).args(["build", "--locked", "--release", "--package", "memory-s3"]);
        tool::run(build.stderr(Stdio::inherit()))?;
        Self::run(&OpsBuild::Release.folder().join("memory-s3"), access_key, secret_key)
    }

    fn run(program: &Path, access_key: &str, secret_key: &str) -> Result<Self> {
        let mut command = Command::new(program);
        let mut child = command.args([access_key, secret_key]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        let said = child.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut address)).transpose()?;
        let server = Self { child, endpoint: format!("http://{}", address.trim_end()) };
        if said.unwrap_or_default() == 0 { Err("the S3 server ended before it listened".into()) } else { Ok(server) }
    }

    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

impl Drop for MemoryS3 {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
