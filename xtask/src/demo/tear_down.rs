//! The end of two environments: ops removes the services, Terraform what they ran in.

use std::fs;

use super::local_cloud::LocalCloud;
use super::shell::Shell;
use super::team_repository::TeamRepository;
use super::{Result, say};

/// Everything from here on in `environment.yaml` is about services.
const FIRST_OF_SERVICES: &str = "\n# Who may talk to whom.";

pub(super) fn run(shell: &Shell, cloud: &LocalCloud, repository: &TeamRepository, environments: &[&str]) -> Result<()> {
    say("\n== Tear down: services by ops, then everything by Terraform");
    for environment in environments {
        let path = repository.clone_folder().join(format!("infra/environments/{environment}/environment.yaml"));
        let declaration = fs::read_to_string(&path)?;
        let (kept, _) = declaration.split_once(FIRST_OF_SERVICES).ok_or("the declaration has no firewall")?;
        fs::write(&path, format!("{kept}\nservices: {{}}\n"))?;
    }
    shell.show("git", &["commit", "--quiet", "--all", "--message=Remove all services"])?;
    say("all services at once is more than a push may remove:");
    shell.show("git", &["push", "origin", "main"])?;
    for environment in environments {
        shell.show_refused("ops", &["reconcile", environment, "--yes"])?;
        shell.show("ops", &["reconcile", environment, "--yes", "--allow-deletions"])?;
    }
    cloud.destroy(repository.clone_folder(), environments)?;
    say("terraform destroy: nothing is left");
    Ok(())
}
