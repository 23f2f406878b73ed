//! `kubectl`, for what it does without a cluster: rendering kustomizations.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::local_folder;
use crate::tool::{self, ToolError};

/// The Debian package that has `kubectl`.
const PACKAGE: &str = "kubernetes-client";

#[derive(Debug, thiserror::Error)]
pub enum KubernetesError {
    #[error("there is no kubectl, and apt-get can't install {PACKAGE}")]
    NoKubectl(#[source] ToolError),
    #[error("can't render {}", folder.display())]
    Render {
        folder: PathBuf,
        #[source]
        source: ToolError,
    },
}

/// Makes sure that `kubectl` can be called, by `apt-get` where it is missing.
///
/// # Errors
/// When it is missing and cannot be installed.
pub fn ensure_kubectl() -> Result<(), KubernetesError> {
    // Asked in its own words: `kubectl version` alone would look for a cluster.
    let present = tool::run(Command::new("kubectl").args(["version", "--client"]));
    present.or_else(|_| tool::apt_get_install(&[PACKAGE])).map(drop).map_err(KubernetesError::NoKubectl)
}

/// The objects of a kustomization, as one YAML text of several documents. `folder` counts from the workspace.
///
/// # Errors
/// When kubectl refuses the kustomization.
pub fn render(folder: &Path) -> Result<String, KubernetesError> {
    let folder = local_folder::workspace().join(folder);
    tool::run(Command::new("kubectl").arg("kustomize").arg(&folder))
        .map_err(|source| KubernetesError::Render { folder, source })
}
