//! Declarations as a commit has them: the same files that `ops check` reads from the disk.

use ops_model::declaration::{self, Declaration, Environment, Faults, FileContent, SourceFile, scenario_paths};

use crate::git::{Git, GitError};

/// Folder of the environments, from the top of the repository.
pub const ENVIRONMENTS: &str = "infra/environments";

/// Path of an environment's folder.
#[must_use]
pub fn folder(environment: &str) -> String {
    format!("{ENVIRONMENTS}/{environment}")
}

/// Path of the file that `ops promote` writes.
#[must_use]
pub fn builds_path(environment: &str) -> String {
    format!("{ENVIRONMENTS}/{environment}/builds.yaml")
}

/// Names of the environments that a commit declares, sorted.
pub async fn environments(git: &Git, commit: &str) -> Result<Vec<String>, GitError> {
    let mut names = git.folders(commit, ENVIRONMENTS).await?;
    names.sort();
    Ok(names)
}

/// Reads an environment at a commit: its declaration, or everything that is wrong with it.
pub async fn read(git: &Git, commit: &str, environment: &str) -> Result<Result<Declaration, Faults>, GitError> {
    let environment_file = file(git, commit, format!("{ENVIRONMENTS}/{environment}/environment.yaml")).await?;
    let builds_file = file(git, commit, builds_path(environment)).await?;
    Ok(declaration::read(environment, &environment_file, &builds_file))
}

/// The files of an environment's scenarios at a commit.
pub async fn scenario_files(git: &Git, commit: &str, environment: &Environment) -> Result<Vec<SourceFile>, GitError> {
    let mut files = Vec::new();
    for path in scenario_paths(environment) {
        files.push(file(git, commit, path.to_owned()).await?);
    }
    Ok(files)
}

/// Environments whose files are among these paths, sorted.
#[must_use]
pub fn touched_environments(paths: &[String]) -> Vec<String> {
    let below = paths.iter().filter_map(|path| path.strip_prefix(ENVIRONMENTS)?.strip_prefix('/'));
    let mut names: Vec<_> = below.filter_map(|path| path.split_once('/')).map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

async fn file(git: &Git, commit: &str, path: String) -> Result<SourceFile, GitError> {
    let content = git.file(commit, &path).await?.map_or(FileContent::Missing, FileContent::Bytes);
    Ok(SourceFile { name: path, content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_in_an_environment_touch_it() {
        let paths = [
            "infra/environments/prod/builds.yaml",
            "infra/environments/dev/environment.yaml",
            "infra/environments/dev/builds.yaml",
            "infra/environments/README.md",
            "infra/environmentsold/x/y",
            "app/src/main.rs",
        ];
        assert_eq!(touched_environments(&paths.map(str::to_owned)), ["dev", "prod"]);
    }
}
