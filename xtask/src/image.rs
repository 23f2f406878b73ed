//! Images of `app`: compiled once, made for as many builds as wanted, pushed to a registry on this machine.
//!
//! With a container engine the image is what `app/Containerfile` says. Without one the same image is put together here
//! and pushed by the registry's HTTP interface, so that an emulator which only models tasks can still read it.

mod document;
mod registry;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::container_engine::{ContainerEngine, ContainerEngineError, ImageBuild};
use crate::local_folder;
use crate::tool::{self, ToolError};
use document::ImageDocument;
pub use registry::RegistryError;
use serde_json::json;

#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    #[error("can't compile app")]
    Compile(#[source] ToolError),
    #[error("cargo did not say where it put app")]
    NoBinary,
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the container engine can't make the image")]
    Engine(#[from] ContainerEngineError),
    #[error("the registry at {registry} does not take the image")]
    Registry {
        registry: SocketAddr,
        #[source]
        source: RegistryError,
    },
}

/// What a build of app says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppBuild {
    /// For example `1.0.0`; also the image's tag.
    pub version: String,
    /// The source commit, 40 hexadecimal digits.
    pub commit: String,
    /// The port that it listens on and exposes: 8080, unless it is to start and never become healthy.
    pub port: u16,
}

/// A repository of a registry that speaks HTTP without TLS on this machine.
#[derive(Debug, Clone)]
pub struct Destination {
    pub registry: SocketAddr,
    /// Without the registry's host, for example `slipway/app`.
    pub repository: String,
}

/// The static release binary, in a folder of its own.
#[derive(Debug, Clone)]
pub struct AppBinary {
    context: PathBuf,
}

const BINARY: &str = "app-binary";

/// Certificates of authorities, as Debian and its likes have them.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

impl AppBinary {
    /// Compiles app, or finds that nothing has changed since the last time.
    ///
    /// # Errors
    /// When cargo fails, or the binary cannot be copied to `target/local/image`.
    pub fn compile() -> Result<Self, ImageError> {
        let messages = tool::run(
            Command::new("cargo")
                .current_dir(local_folder::workspace())
                .args([
                    "build",
                    "--locked",
                    "--release",
                    "--package",
                    "app",
                    "--no-default-features",
                    "--message-format=json",
                ])
                // Named although it is the host's: the flags then apply to the binary alone and not to the procedural
                // macros, which are loaded at run time.
                .arg(format!("--target={}-unknown-linux-gnu", std::env::consts::ARCH))
                // A minute on a fresh clone: whoever waits sees how far it is.
                .stderr(Stdio::inherit())
                .env("RUSTFLAGS", "-C target-feature=+crt-static")
                // Would win over RUSTFLAGS.
                .env_remove("CARGO_ENCODED_RUSTFLAGS"),
        )
        .map_err(ImageError::Compile)?;
        let compiled = executable(&messages).ok_or(ImageError::NoBinary)?;
        let context = local_folder::path().join("image");
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| ImageError::File { path, source }
        };
        fs::create_dir_all(&context).map_err(at(&context))?;
        for (source, name) in [(compiled.as_path(), BINARY), (Path::new(AUTHORITIES), "ca-certificates.crt")] {
            // Moved into place whole: another process may be making an image of the one that is there.
            let copy = context.join(format!("{name}.{}", std::process::id()));
            fs::copy(source, &copy).map_err(at(source))?;
            let place = context.join(name);
            fs::rename(&copy, &place).map_err(at(&place))?;
        }
        Ok(Self { context })
    }

    /// The binary itself.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.context.join(BINARY)
    }
}

/// Makes the image of one build, pushes it with its version as tag, and returns the digest of its manifest as the
/// registry has it: `sha256:` and 64 hexadecimal digits.
///
/// # Errors
/// When the image cannot be made, or the registry refuses it (it has no such repository; the tag is immutable and
/// taken).
pub fn push(
    binary: &AppBinary,
    build: &AppBuild,
    destination: &Destination,
    engine: Option<&ContainerEngine>,
) -> Result<String, ImageError> {
    match engine {
        Some(engine) => push_by_engine(engine, binary, build, destination),
        None => push_file(&binary.path(), build, &[(ANSWERS, &answers(build))], destination),
    }
}

/// Label that tells the emulator what a modelled task answers.
const ANSWERS: &str = "truthful-aws.answers";

/// What app answers, for who asks a task of it that is only modelled.
fn answers(build: &AppBuild) -> String {
    let AppBuild { version, commit, port: _ } = build;
    let version = json!({"version": version, "commit": commit, "environment": "${SLIPWAY_ENVIRONMENT}"});
    json!({"/healthz": "alive\n", "/readyz": "ready\n", "/version": version}).to_string()
}

/// Like [`push`] without a container engine, with any file in the place of app's binary: where tasks are only modelled,
/// nobody runs it. `labels` tell the model how it behaves (`truthful-aws.exit-code`).
///
/// # Errors
/// When the file cannot be read, or the registry refuses the image.
pub fn push_file(
    file: &Path,
    build: &AppBuild,
    labels: &[(&str, &str)],
    destination: &Destination,
) -> Result<String, ImageError> {
    let image =
        ImageDocument::new(file, build, labels).map_err(|source| ImageError::File { path: file.to_owned(), source })?;
    registry::push(destination, &build.version, &image)
        .map_err(|source| ImageError::Registry { registry: destination.registry, source })
}

fn push_by_engine(
    engine: &ContainerEngine,
    binary: &AppBinary,
    build: &AppBuild,
    destination: &Destination,
) -> Result<String, ImageError> {
    let Destination { registry, repository } = destination;
    let name = format!("localhost/{repository}:{}", build.version);
    engine.build_image(&ImageBuild {
        containerfile: &local_folder::workspace().join("app/Containerfile"),
        context: &binary.context,
        arguments: &[
            ("BINARY", "prebuilt"),
            ("VERSION", &build.version),
            ("COMMIT", &build.commit),
            ("PORT", &build.port.to_string()),
        ],
        name: &name,
    })?;
    Ok(engine.push_image(&name, &format!("{registry}/{repository}:{}", build.version))?)
}

/// The path in cargo's message about the binary `app` (one JSON object a line).
fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "app")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests;
