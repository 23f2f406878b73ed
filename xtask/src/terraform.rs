//! Terraform's own command, against the local AWS or offline.

mod background;
mod served_provider;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub use self::background::Background;
pub use self::served_provider::ServedProvider;
use crate::local_folder;
use crate::tool::{self, ToolError};

/// What plans and applies: the first of these on the PATH, with the provider as its plugin folder names it.
const PROGRAMS: [(&str, &str); 2] =
    [("terraform", "registry.terraform.io/hashicorp/aws"), ("tofu", "registry.opentofu.org/hashicorp/aws")];

/// Folders below which a machine without a network may keep a mirror of providers, and how deep it may lie there.
const MIRROR_PLACES: [&str; 4] = ["/opt", "/usr/local/share", "/usr/share/terraform", "/var/lib"];
const MIRROR_DEPTH: usize = 3;

#[derive(Debug, thiserror::Error)]
pub enum TerraformError {
    #[error("there is neither `terraform` nor `tofu` on the PATH: install Terraform 1.11 or OpenTofu 1.11, or later")]
    Missing,
    #[error("`terraform {verb}` in {} failed", folder.display())]
    Failed {
        verb: &'static str,
        folder: PathBuf,
        #[source]
        source: ToolError,
    },
    #[error("`terraform show` in {} did not print JSON", folder.display())]
    NotJson {
        folder: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("can't use {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("no Terraform is at work on {root}")]
    NotAtWork { root: String },
}

/// What a plan found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanResult {
    Empty,
    Changes,
}

/// What a plan would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedChanges {
    /// Addresses of the resources, sorted.
    pub addresses: Vec<String>,
    /// The plan as people read it.
    pub text: String,
}

/// The program, where its providers come from, and the AWS that it talks to.
#[derive(Debug, Clone)]
pub struct Terraform {
    program: &'static str,
    /// The AWS provider's, as the program names it.
    provider_address: &'static str,
    /// A mirror found on the machine; without one `init` asks the registry.
    mirror: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

impl Terraform {
    /// `environment` is what every run gets besides ours: the emulator's, for example.
    ///
    /// # Errors
    /// When neither Terraform nor OpenTofu is installed.
    pub fn find(environment: Vec<(String, String)>) -> Result<Self, TerraformError> {
        let is_there = |program: &str| tool::run(Command::new(program).arg("version")).is_ok();
        let (program, provider) =
            PROGRAMS.into_iter().find(|(program, _)| is_there(program)).ok_or(TerraformError::Missing)?;
        Ok(Self { program, provider_address: provider, mirror: find_mirror(provider), environment })
    }

    /// Where the providers come from, for a line of output.
    #[must_use]
    pub fn provider_source(&self) -> String {
        self.mirror.as_ref().map_or_else(|| "the Terraform registry".to_owned(), |mirror| mirror.display().to_string())
    }

    /// `terraform init`, with a backend configuration or, without one, without a backend.
    ///
    /// # Errors
    /// When Terraform fails; the error holds what it printed. The same for all below.
    pub fn init(&self, folder: &Path, backend: Option<&Path>) -> Result<(), TerraformError> {
        let mut command = self.command(folder);
        command.args(["init", "-input=false", "-no-color", "-reconfigure"]);
        match backend {
            Some(configuration) => command.arg(format!("-backend-config={}", configuration.display())),
            None => command.arg("-backend=false"),
        };
        if let Some(mirror) = &self.mirror {
            command.arg(format!("-plugin-dir={}", mirror.display()));
        }
        run("init", folder, &mut command).map(drop)
    }

    pub fn validate(&self, folder: &Path) -> Result<(), TerraformError> {
        run("validate", folder, self.command(folder).args(["validate", "-no-color"])).map(drop)
    }

    /// The provider of a folder that `init` has seen, for runs in any folder with the same environment.
    pub fn serve_provider(&self, folder: &Path) -> Result<ServedProvider, TerraformError> {
        let data = data_folder(folder).unwrap_or_else(|| folder.join(".terraform"));
        ServedProvider::start(&data, self.provider_address, &self.environment)
    }

    /// `terraform test`: what it printed.
    pub fn test(&self, folder: &Path, provider: Option<&ServedProvider>) -> Result<String, TerraformError> {
        let mut command = self.command(folder);
        if let Some(provider) = provider {
            command.env("TF_REATTACH_PROVIDERS", provider.attachment());
        }
        // Half of its time is the collection of garbage, which these runs are too short to need.
        command.envs([("GOGC", "800"), ("GOMEMLIMIT", "2GiB")]);
        run("test", folder, command.args(["test", "-no-color"]))
    }

    pub fn format_check(&self, folder: &Path) -> Result<(), TerraformError> {
        run("fmt", folder, self.command(folder).args(["fmt", "-check", "-recursive", "-diff"])).map(drop)
    }

    /// `terraform apply` without asking.
    pub fn apply(&self, folder: &Path, variables: &[&str]) -> Result<(), TerraformError> {
        let mut command = self.command(folder);
        command.args(["apply", "-auto-approve", "-input=false", "-no-color"]).args(variables_of(variables));
        run("apply", folder, &mut command).map(drop)
    }

    /// Whether the configuration and the live account differ.
    pub fn plan(&self, folder: &Path, variables: &[&str]) -> Result<PlanResult, TerraformError> {
        let mut command = self.command(folder);
        command.args(["plan", "-detailed-exitcode", "-input=false", "-no-color"]).args(variables_of(variables));
        match run("plan", folder, &mut command) {
            Ok(_) => Ok(PlanResult::Empty),
            // 2 is the documented exit code for a plan that has changes.
            Err(TerraformError::Failed { source: ToolError::Failed { status, .. }, .. })
                if status.code() == Some(2) =>
            {
                Ok(PlanResult::Changes)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads everything that is in the state and plans nothing else.
    pub fn refresh_only_plan(&self, folder: &Path) -> Result<(), TerraformError> {
        let mut command = self.command(folder);
        run("plan", folder, command.args(["plan", "-refresh-only", "-input=false", "-no-color"])).map(drop)
    }

    /// What a plan would change.
    pub fn planned_changes(&self, folder: &Path, variables: &[&str]) -> Result<PlannedChanges, TerraformError> {
        let file = folder.join(".terraform").join("changes.tfplan");
        let mut command = self.command(folder);
        command.args(["plan", "-input=false", "-no-color"]).arg(format!("-out={}", file.display()));
        let text = run("plan", folder, command.args(variables_of(variables)))?;
        let shown = run("show", folder, self.command(folder).args(["show", "-json"]).arg(&file))?;
        fs::remove_file(&file).map_err(|source| TerraformError::File { path: file, source })?;
        let plan: Value = serde_json::from_str(&shown)
            .map_err(|source| TerraformError::NotJson { folder: folder.to_owned(), source })?;
        let resources = plan["resource_changes"].as_array().into_iter().flatten();
        let changed = resources.filter(|resource| {
            let actions = resource["change"]["actions"].as_array().into_iter().flatten();
            actions.filter_map(Value::as_str).any(|action| !matches!(action, "no-op" | "read"))
        });
        let mut addresses: Vec<_> =
            changed.filter_map(|resource| resource["address"].as_str()).map(str::to_owned).collect();
        addresses.sort();
        Ok(PlannedChanges { addresses, text })
    }

    pub fn destroy(&self, folder: &Path, variables: &[&str]) -> Result<(), TerraformError> {
        let mut command = self.command(folder);
        command.args(["destroy", "-auto-approve", "-input=false", "-no-color"]).args(variables_of(variables));
        run("destroy", folder, &mut command).map(drop)
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(self.program);
        command
            .current_dir(folder)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            // A person's own settings would decide where providers come from; a file that is not there is an error.
            .env_remove("TF_CLI_CONFIG_FILE")
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1");
        if let Some(data) = data_folder(folder) {
            command.env("TF_DATA_DIR", data);
        }
        command
    }
}

/// Where Terraform keeps what it downloads and remembers of one of this repository's own folders: a person's
/// `.terraform` beside the code, with a real backend in it, stays as it is. `None` elsewhere.
fn data_folder(folder: &Path) -> Option<PathBuf> {
    let own = folder.strip_prefix(local_folder::workspace().join("terraform")).ok()?;
    let name: Vec<_> = own.iter().map(|part| part.to_string_lossy()).collect();
    Some(local_folder::path().join("terraform").join(name.join("-")))
}

/// A backend configuration for the state of one root, in the local AWS.
///
/// # Errors
/// When the file cannot be written.
pub fn write_local_backend(file: &Path, endpoint: &str, bucket: &str, key: &str) -> Result<(), TerraformError> {
    let text = format!(
        "bucket                      = \"{bucket}\"\n\
         key                         = \"{key}\"\n\
         region                      = \"ap-northeast-2\"\n\
         use_lockfile                = true\n\
         use_path_style              = true\n\
         skip_credentials_validation = true\n\
         skip_metadata_api_check     = true\n\
         skip_requesting_account_id  = true\n\
         skip_region_validation      = true\n\
         skip_s3_checksum            = true\n\
         endpoints                   = {{ s3 = \"{endpoint}\", sts = \"{endpoint}\", iam = \"{endpoint}\" }}\n"
    );
    fs::write(file, text).map_err(|source| TerraformError::File { path: file.to_owned(), source })
}

/// Folders below `terraform/` that have tests, sorted.
///
/// # Errors
/// When the folder cannot be read.
pub fn tested_folders() -> Result<Vec<PathBuf>, TerraformError> {
    let mut found = Vec::new();
    collect_tested(&local_folder::workspace().join("terraform"), &mut found)?;
    found.sort();
    Ok(found)
}

/// Whether a test in this folder configures the AWS provider more than once at a time. Mocks are never configured.
///
/// # Errors
/// When a test cannot be read.
pub fn has_provider_alias(folder: &Path) -> Result<bool, TerraformError> {
    let tests = folder.join("tests");
    let at = |path: &Path, source| TerraformError::File { path: path.to_owned(), source };
    for entry in fs::read_dir(&tests).map_err(|source| at(&tests, source))? {
        let path = entry.map_err(|source| at(&tests, source))?.path();
        if is_test_file(&path) {
            let text = fs::read_to_string(&path).map_err(|source| at(&path, source))?;
            let invalid = |source| at(&path, io::Error::new(io::ErrorKind::InvalidData, source));
            let body = hcl::parse(&text).map_err(invalid)?;
            let mut providers = body.blocks().filter(|block| block.identifier() == "provider");
            if providers.any(|provider| provider.body().attributes().any(|attribute| attribute.key() == "alias")) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn collect_tested(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), TerraformError> {
    let at = |source| TerraformError::File { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !path.is_dir() || hidden {
            continue;
        }
        if path.file_name() == Some(OsStr::new("tests")) {
            let has_tests = fs::read_dir(&path).map_err(at)?.flatten().any(|entry| is_test_file(&entry.path()));
            if has_tests {
                found.push(folder.to_owned());
            }
        } else {
            collect_tested(&path, found)?;
        }
    }
    Ok(())
}

fn is_test_file(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".tftest.hcl")
}

fn variables_of<'a>(variables: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
    variables.iter().map(|variable| format!("-var={variable}"))
}

fn run(verb: &'static str, folder: &Path, command: &mut Command) -> Result<String, TerraformError> {
    tool::run(command).map_err(|source| TerraformError::Failed { verb, folder: folder.to_owned(), source })
}

/// The root of a provider mirror, as `terraform init -plugin-dir` wants it.
fn find_mirror(provider: &str) -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".terraform.d"));
    MIRROR_PLACES.iter().map(PathBuf::from).chain(home).find_map(|place| mirror_below(&place, provider, MIRROR_DEPTH))
}

fn mirror_below(folder: &Path, provider: &str, depth: usize) -> Option<PathBuf> {
    if folder.join(provider).is_dir() {
        return Some(folder.to_owned());
    }
    let entries = fs::read_dir(folder).ok().filter(|_| depth > 0)?;
    let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.into_iter().find_map(|entry| mirror_below(&entry.path(), provider, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_found_by_the_folder_of_the_provider() {
        let place = tempfile::tempdir().expect("a folder");
        let (_, provider) = PROGRAMS[0];
        assert_eq!(mirror_below(place.path(), provider, 2), None);
        let mirror = place.path().join("some/plugins");
        fs::create_dir_all(mirror.join(provider)).expect("folders");
        assert_eq!(mirror_below(place.path(), provider, 2), Some(mirror));
        assert_eq!(mirror_below(place.path(), provider, 1), None);
    }

    #[test]
    fn tests_that_configure_two_providers_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let tests = folder.path().join("tests");
        fs::create_dir(&tests).expect("a folder");
        let one = "mock_provider \"aws\" {\n  alias = \"mock\"\n}\nprovider \"aws\" {}\n";
        fs::write(tests.join("one.tftest.hcl"), one).expect("a file");
        assert!(!has_provider_alias(folder.path()).expect("can be read"));
        let two = "provider \"aws\" {}\nprovider \"aws\" {\n  alias = \"us_east_1\"\n}\n";
        fs::write(tests.join("two.tftest.hcl"), two).expect("a file");
        assert!(has_provider_alias(folder.path()).expect("can be read"));
    }

    #[test]
    fn every_module_has_tests() {
        let tested = tested_folders().expect("the folders can be read");
        let modules = local_folder::workspace().join("terraform/modules");
        for module in fs::read_dir(modules).expect("modules").flatten() {
            assert!(tested.contains(&module.path()), "{} has no tests", module.path().display());
        }
    }
}
