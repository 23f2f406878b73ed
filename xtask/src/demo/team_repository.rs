//! The repository of a team: a bare one that everybody pushes to, and a clone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Result;
use crate::{local_folder, tool};

/// Git as the demo's person has it set up, whatever this machine's settings are.
pub(crate) const GIT_ENVIRONMENT: [(&str, &str); 6] = [
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_AUTHOR_NAME", "Demo"),
    ("GIT_AUTHOR_EMAIL", "demo@localhost"),
    ("GIT_COMMITTER_NAME", "Demo"),
    ("GIT_COMMITTER_EMAIL", "demo@localhost"),
];

/// A replica takes the provider almost three minutes of waiting, in which the demo would show nothing.
const ONE_REPLICA: &str = "replicas: 1";
const NO_REPLICA: &str = "replicas: 0";
const NO_BUILDS: &str = "version: 1\nartifacts: {}\n";

/// A folder that is removed at the end.
pub(super) struct TeamRepository {
    folder: PathBuf,
    bare: PathBuf,
    clone: PathBuf,
}

impl TeamRepository {
    /// With this repository's declarations and Terraform code, and no build yet.
    pub(super) fn create(environments: &[&str]) -> Result<Self> {
        let folder = local_folder::path().join(format!("demo/{}", std::process::id()));
        let (bare, clone) = (folder.join("team.git"), folder.join("clone"));
        fs::create_dir_all(&clone)?;
        let repository = Self { folder, bare, clone };
        local_folder::copy_what_teams_take(&repository.clone)?;
        for environment in environments {
            let folder = repository.clone.join("infra/environments").join(environment);
            fs::write(folder.join("builds.yaml"), NO_BUILDS)?;
            let declaration = fs::read_to_string(folder.join("environment.yaml"))?;
            fs::write(folder.join("environment.yaml"), declaration.replace(ONE_REPLICA, NO_REPLICA))?;
        }
        fs::write(repository.clone.join(".gitignore"), ".terraform/\n*.tfbackend.local\n")?;
        repository.git(&["init", "--quiet", "--initial-branch=main"])?;
        repository.git(&["add", "--all"])?;
        repository.git(&["commit", "--quiet", "--message=Declare dev and prod"])?;
        let bare = repository.bare.to_string_lossy().into_owned();
        repository.git(&["clone", "--quiet", "--bare", ".", &bare])?;
        repository.git(&["remote", "add", "origin", &bare])?;
        repository.git(&["fetch", "--quiet", "origin"])?;
        repository.git(&["branch", "--quiet", "--set-upstream-to=origin/main"])?;
        Ok(repository)
    }

    pub(super) fn bare_folder(&self) -> &Path {
        &self.bare
    }

    pub(super) fn clone_folder(&self) -> &Path {
        &self.clone
    }

    fn git(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.clone).args(arguments).envs(GIT_ENVIRONMENT);
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        tool::run(&mut command)?;
        Ok(())
    }
}

impl Drop for TeamRepository {
    fn drop(&mut self) {
        // Left over, it would only lie in an ignored folder.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
