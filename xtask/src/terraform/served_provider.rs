//! One process of the AWS provider for many runs of Terraform.

use std::fs;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use super::TerraformError;

/// The provider ends when its standard input does, however its owner ended. It removes its socket at an interrupt.
const SERVE: &str = r#""$0" -debug 2>/dev/null & provider=$!; cat >/dev/null; kill -INT "$provider"; wait"#;

/// The provider in its debug mode: Terraform attaches to it, in place of hashing its program and of starting it for
/// each walk of each run (<https://developer.hashicorp.com/terraform/plugin/debugging>).
///
/// It has one configuration, the last that was sent: runs that share it come one after another, and none of them has
/// two. Dropped, it ends.
#[derive(Debug)]
pub struct ServedProvider {
    child: Child,
    lifeline: Option<ChildStdin>,
    attachment: String,
}

impl ServedProvider {
    /// Starts the program that `init` put below a data folder for the provider with this address, such as
    /// `registry.terraform.io/hashicorp/aws`. It is the provider, not Terraform, that reads the environment.
    pub(super) fn start(data: &Path, address: &str, environment: &[(String, String)]) -> Result<Self, TerraformError> {
        let folder = data.join("providers").join(address);
        let at = |source| TerraformError::File { path: folder.clone(), source };
        let program = program_below(&folder).map_err(at)?.ok_or_else(|| at(io::ErrorKind::NotFound.into()))?;
        let at = |source| TerraformError::File { path: program.clone(), source };
        let mut child = Command::new("sh")
            .args(["-c", SERVE])
            .arg(&program)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            // The provider does not take it at a second configuration.
            .env_remove("AWS_CA_BUNDLE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(at)?;
        let (lifeline, said) = (child.stdin.take(), child.stdout.take().map(BufReader::new));
        let mut provider = Self { child, lifeline, attachment: String::new() };
        let mut said = said.ok_or_else(|| at(io::ErrorKind::BrokenPipe.into()))?;
        provider.attachment = attachment(&mut said, address).map_err(at)?;
        // It would die of a closed pipe, should it have more to say.
        thread::spawn(move || io::copy(&mut said, &mut io::sink()));
        Ok(provider)
    }

    /// What Terraform wants to find in `TF_REATTACH_PROVIDERS`.
    pub(super) fn attachment(&self) -> &str {
        &self.attachment
    }
}

impl Drop for ServedProvider {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // There is nothing to do about a failure here.
        let _ = self.child.wait();
    }
}

/// The only file of the only version for the only platform.
fn program_below(folder: &Path) -> io::Result<Option<PathBuf>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let found = if path.is_dir() { program_below(&path)? } else { is_program(&path).then_some(path) };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn is_program(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("terraform-provider-"))
}

/// Reads until the provider has said how to reach it.
fn attachment(said: &mut impl io::BufRead, address: &str) -> io::Result<String> {
    for line in said.lines() {
        let line = line?;
        let announced = line.trim().strip_prefix("TF_REATTACH_PROVIDERS='").and_then(|rest| rest.strip_suffix('\''));
        if let Some(announced) = announced {
            // It names itself as Terraform's registry does; OpenTofu's has another name for it.
            let providers: serde_json::Map<String, Value> = serde_json::from_str(announced)?;
            let how = providers.into_iter().next().map(|(_, how)| how);
            return Ok(json!({ address: how }).to_string());
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_is_reached_by_the_address_that_the_program_knows() {
        let said = "Starting…\n{}\n\tTF_REATTACH_PROVIDERS='{\"registry.terraform.io/hashicorp/aws\":{\"Pid\":7}}'\n";
        let attached = attachment(&mut said.as_bytes(), "registry.opentofu.org/hashicorp/aws").expect("announced");
        assert_eq!(attached, r#"{"registry.opentofu.org/hashicorp/aws":{"Pid":7}}"#);
    }

    #[test]
    fn a_provider_that_ends_without_a_word_is_an_error() {
        let ended = attachment(&mut "Starting…\n".as_bytes(), "registry.terraform.io/hashicorp/aws");
        assert_eq!(ended.expect_err("nothing was announced").kind(), io::ErrorKind::UnexpectedEof);
    }
}
