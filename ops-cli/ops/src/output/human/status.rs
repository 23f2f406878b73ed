use ops_model::plan::{ServiceStanding, SiteStanding};
use ops_plan::firewall::EndingException;
use owo_colors::OwoColorize as _;

use super::table::table;
use super::words::{rollout, shorten_digests};
use crate::command::{EnvironmentStatus, ServiceStatus, SiteStatus};

/// One table over all environments, and notes under it.
pub(crate) fn status(statuses: &[EnvironmentStatus]) -> String {
    let heading = ["ENVIRONMENT", "SERVICE", "BUILD", "IMAGE", "TASKS", "HEALTHY", "ROLLOUT", "SYNC"];
    let mut rows = vec![heading.map(str::to_owned).to_vec()];
    let mut notes = String::new();
    for status in statuses {
        match &status.result {
            Ok(services) => {
                rows.extend(services.iter().map(|service| row(&status.environment, service)));
                for service in services {
                    let Some(wait) = &service.paused else { continue };
                    notes.push_str(&format!("{} the rollout of {} {wait}\n", "note:".yellow(), service.service));
                }
            }
            Err(_) => rows.push(vec![status.environment.clone(), "cannot be read, see below".to_owned()]),
        }
        if !status.terraform_behind.is_empty() {
            let paths = status.terraform_behind.join(", ");
            notes.push_str(&format!("{} Terraform is behind {}: {paths}\n", "note:".yellow(), status.environment));
        }
        notes.push_str(&ending_exceptions(&status.environment, &status.ending));
        for site in &status.sites {
            notes.push_str(&format!("{}: {}\n", status.environment, site_line(site)));
        }
        if let Some(address) = &status.address {
            notes.push_str(&format!("{} answers at {address}\n", status.environment));
        }
    }
    let blank = if notes.is_empty() { "" } else { "\n" };
    format!("{}{blank}{notes}", table(&rows))
}

fn ending_exceptions(environment: &str, ending: &[EndingException]) -> String {
    ending.iter().map(|exception| format!("{} {environment}: {exception}\n", "note:".yellow())).collect()
}

/// What a site serves, whether that is what is declared, and where.
fn site_line(status: &SiteStatus) -> String {
    let SiteStatus { site, standing, version, declared_digest, served_digest, url } = status;
    let short = |digest: &str| digest.get(.."sha256:".len() + 12).unwrap_or(digest).to_owned();
    let served = match served_digest {
        Some(served) if Some(served) == declared_digest.as_ref() => {
            format!("serves {} {}", version.as_deref().unwrap_or_default(), short(served))
        }
        Some(served) => format!("serves {}", short(served)),
        None => "serves nothing yet".to_owned(),
    };
    let sync = match standing {
        SiteStanding::InSync => "in sync".to_owned(),
        SiteStanding::Changes => "out of sync".to_owned(),
        SiteStanding::NotDeployed => "nobody deploys into it".to_owned(),
        SiteStanding::WaitsForBuild { artifact } => format!("waits for a build of {artifact}"),
        SiteStanding::WaitsForTerraform => "waits for Terraform".to_owned(),
        SiteStanding::Held => "held".to_owned(),
        SiteStanding::Distribution { .. } => "its distribution is not as Terraform made it".to_owned(),
    };
    let place = url.as_ref().map(|url| format!(" at {url}")).unwrap_or_default();
    format!("site {site} {served}{place}, {sync}")
}

fn row(environment: &str, service: &ServiceStatus) -> Vec<String> {
    let none = || "-".to_owned();
    let image = service.live_image.as_deref().map(shorten_digests);
    // The repository is the same everywhere; the digest is what is compared.
    let image = image.map(|image| image.rsplit('@').next().unwrap_or_default().to_owned());
    let sync = match &service.standing {
        ServiceStanding::InSync => "in sync".to_owned(),
        ServiceStanding::Changes => "out of sync".to_owned(),
        ServiceStanding::WaitsForBuild { artifact } => format!("waits for a build of {artifact}"),
        ServiceStanding::WaitsForTerraform => "waits for Terraform".to_owned(),
        ServiceStanding::NotOwned => "not made by ops".to_owned(),
    };
    vec![
        environment.to_owned(),
        service.service.clone(),
        service.version.clone().unwrap_or_else(none),
        image.unwrap_or_else(none),
        format!("{}/{}", service.running, service.desired),
        service.healthy.map_or_else(none, |healthy| format!("{healthy}/{}", service.desired)),
        match (&service.paused, service.rollout) {
            (Some(_), _) => "paused".to_owned(),
            (None, Some(status)) => rollout(status).to_owned(),
            (None, None) => none(),
        },
        sync,
    ]
}
