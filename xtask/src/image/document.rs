//! An OCI image in memory: one layer, its configuration, its manifest. It says what `app/Containerfile` says; a test
//! compares the two where there is a container engine.

use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::AppBuild;

pub(super) const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIGURATION_TYPE: &str = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE: &str = "application/vnd.oci.image.layer.v1.tar";

/// Bytes under the name that their content gives them.
#[derive(Debug)]
pub(super) struct Blob {
    /// `sha256:` and 64 hexadecimal digits.
    pub(super) digest: String,
    pub(super) content: Vec<u8>,
}

#[derive(Debug)]
pub(super) struct ImageDocument {
    pub(super) layer: Blob,
    pub(super) configuration: Blob,
    pub(super) manifest: Blob,
}

impl Blob {
    fn new(content: Vec<u8>) -> Self {
        let digits: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { digest: format!("sha256:{digits}"), content }
    }

    fn descriptor(&self, media_type: &str) -> Value {
        json!({ "mediaType": media_type, "digest": self.digest, "size": self.content.len() })
    }
}

impl ImageDocument {
    pub(super) fn new(binary: &Path, build: &AppBuild, labels: &[(&str, &str)]) -> io::Result<Self> {
        let layer = Blob::new(layer(binary)?);
        let configuration = Blob::new(configuration(build, labels, &layer).to_string().into_bytes());
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": configuration.descriptor(CONFIGURATION_TYPE),
            "layers": [layer.descriptor(LAYER_TYPE)],
        });
        Ok(Self { layer, configuration, manifest: Blob::new(manifest.to_string().into_bytes()) })
    }
}

fn layer(binary: &Path) -> io::Result<Vec<u8>> {
    let content = std::fs::read(binary)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o755);
    // Everything else (owner, times) is zero, so that equal input gives an equal digest.
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, "app", content.as_slice())?;
    builder.into_inner()
}

fn configuration(build: &AppBuild, labels: &[(&str, &str)], layer: &Blob) -> Value {
    let AppBuild { version, commit, port } = build;
    let titles = [
        ("org.opencontainers.image.title", "slipway-app"),
        ("org.opencontainers.image.version", version),
        ("org.opencontainers.image.revision", commit),
    ];
    let labels: Map<String, Value> =
        titles.iter().chain(labels).map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({
        "created": "1970-01-01T00:00:00Z",
        "architecture": architecture(),
        "os": "linux",
        "config": {
            "User": "65532:65532",
            "ExposedPorts": { format!("{port}/tcp"): {} },
            "Env": [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                format!("SLIPWAY_VERSION={version}"),
                format!("SLIPWAY_COMMIT={commit}"),
                format!("SLIPWAY_LISTEN=0.0.0.0:{port}"),
            ],
            "Entrypoint": ["/app"],
            "Cmd": ["serve"],
            "Labels": labels,
        },
        "rootfs": { "type": "layers", "diff_ids": [layer.digest] },
    })
}

/// The processor's name as Go and OCI have it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(version: &str, port: u16) -> AppBuild {
        AppBuild { version: version.to_owned(), commit: "0".repeat(40), port }
    }

    #[test]
    fn equal_input_gives_an_equal_digest_and_other_input_another() {
        let binary = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(binary.path(), "the program").expect("written");
        let digest = |version: &str, port: u16| {
            ImageDocument::new(binary.path(), &build(version, port), &[]).expect("an image").manifest.digest
        };
        assert_eq!(digest("1.0.0", 8080), digest("1.0.0", 8080));
        assert_ne!(digest("1.0.0", 8080), digest("1.0.1", 8080));
        assert_ne!(digest("1.0.0", 8080), digest("1.0.0", 9999));
    }

    #[test]
    fn the_manifest_names_its_parts_and_the_port_is_the_builds() {
        let binary = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(binary.path(), "the program").expect("written");
        let image = ImageDocument::new(binary.path(), &build("2.0.0", 9999), &[]).expect("an image");
        let manifest: Value = serde_json::from_slice(&image.manifest.content).expect("JSON");
        assert_eq!(manifest["config"]["digest"], image.configuration.digest);
        assert_eq!(manifest["layers"][0]["digest"], image.layer.digest);
        let configuration: Value = serde_json::from_slice(&image.configuration.content).expect("JSON");
        assert_eq!(configuration["config"]["ExposedPorts"], json!({"9999/tcp": {}}));
        assert_eq!(configuration["config"]["Env"][3], "SLIPWAY_LISTEN=0.0.0.0:9999");
        let mut layer = tar::Archive::new(image.layer.content.as_slice());
        let files: Vec<_> = layer
            .entries()
            .expect("an archive")
            .map(|entry| {
                let entry = entry.expect("an entry");
                (entry.path().expect("a path").display().to_string(), entry.header().mode().expect("a mode"))
            })
            .collect();
        assert_eq!(files, [("app".to_owned(), 0o755)]);
    }
}
