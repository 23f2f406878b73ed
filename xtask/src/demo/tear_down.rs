//! The end of two environments: ops removes the services, Terraform what they ran in.

use std::fs;
use std::path::PathBuf;

use super::local_cloud::LocalCloud;
use super::shell::Shell;
use super::team_repository::TeamRepository;
use super::{Result, say};

/// Everything from here on in `environment.yaml` is about services.
const FIRST_OF_SERVICES: &str = "\n# Who may talk to whom.";

pub(super) fn run(shell: &Shell, cloud: &LocalCloud, repository: &TeamRepository, environments: &[&str]) -> Result<()> {
    one_change_is_one_change(cloud, repository, environments[0])?;
    say("\n== terraform destroy without leave is refused");
    let took = cloud.refuse_to_destroy(repository.clone_folder(), environments[0])?;
    say(&format!("{}: refused after {} s, and the plan after it has no changes", environments[0], took.as_secs()));
    say("\n== Tear down: services by ops, then everything by Terraform");
    for environment in environments {
        let path = declaration_path(repository, environment);
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

/// What a health check's path touches, and nothing else: its target group, and the contract that tells of it.
fn one_change_is_one_change(cloud: &LocalCloud, repository: &TeamRepository, environment: &str) -> Result<()> {
    say(&format!("\n== One change in the declaration of {environment} is one change in Terraform's plan"));
    let path = declaration_path(repository, environment);
    let declaration = fs::read_to_string(&path)?;
    fs::write(&path, declaration.replace("path: /readyz", "path: /healthz"))?;
    let changed = cloud.planned_changes(repository.clone_folder(), environment);
    fs::write(&path, declaration)?;
    let changed = changed?.addresses;
    for address in &changed {
        say(&format!("  ~ {address}"));
    }
    let expected = [".aws_lb_target_group.", ".aws_s3_object."];
    let only_that = changed.len() == expected.len() && changed.iter().zip(expected).all(|(it, part)| it.contains(part));
    if only_that { Ok(()) } else { Err(format!("expected a target group and the contract, found {changed:?}").into()) }
}

fn declaration_path(repository: &TeamRepository, environment: &str) -> PathBuf {
    repository.clone_folder().join(format!("infra/environments/{environment}/environment.yaml"))
}
