use ops_model::declaration::{Digest, Sidecar};
use serde_json::{Map, Value};

use super::artifacts::{Artifacts, ImageName};
use super::container::{Surroundings, container, port};
use super::member::{is_given_name, number, text};

/// A container beside the main one; `None` when the declaration cannot say which it is or what it runs.
pub(super) fn sidecar(
    surroundings: Surroundings<'_>,
    document: &Map<String, Value>,
    running: Option<&Digest>,
    artifacts: &Artifacts,
) -> Option<(String, Sidecar)> {
    let name = text(document, "name").filter(|name| is_given_name(name))?;
    let image = ImageName::parse(text(document, "image")?)?;
    let digest = image.digest.as_ref().or(running)?;
    let artifact = artifacts.find(&image, digest).map(str::to_owned);
    let pinned = artifact.is_none().then(|| format!("{}@{digest}", image.repository));
    let sidecar = Sidecar {
        container: container(surroundings, document, port(document, None)),
        artifact,
        image: pinned,
        essential: document.get("essential") != Some(&Value::Bool(false)),
        cpu: number(document, "cpu", (1, 16384)),
        memory: number(document, "memory", (6, 122_880)),
        memory_reservation: number(document, "memoryReservation", (6, 122_880)),
    };
    Some((name.to_owned(), sidecar))
}
