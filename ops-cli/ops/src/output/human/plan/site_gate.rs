use ops_model::plan::{Difference, SiteGate};
use ops_model::precompressed::unpacked;

/// Why nothing may be published into a site, and what would open the gate.
pub(super) fn text(site: &str, reason: &SiteGate, environment: &str) -> String {
    match reason {
        SiteGate::NotOwned { objects, examples } => format!(
            "the bucket of site {site} holds {}, which somebody else put there.\n      Empty it, or declare another site: ops deletes from a site's bucket what no build needs.",
            some(*objects, examples)
        ),
        SiteGate::ForeignObjects { objects, examples } => format!(
            "{} in the bucket of site {site} would be deleted, more than the site has itself.\n      If that is meant: `ops reconcile {environment} --allow-deletions`.",
            some(*objects, examples)
        ),
        SiteGate::Bundle { why } => format!(
            "the bundle of site {site} cannot be published: {why}.\n      Promote it again: `ops promote {environment} --bundle …`."
        ),
        SiteGate::NameTaken { paths } => {
            let packed = if paths.iter().any(|path| unpacked(path).is_some()) {
                "\n      The same content has to be packed to the same bytes: `gzip --no-name` leaves the time out."
            } else {
                ""
            };
            format!(
                "files of site {site} never change under one name, and are others in a build that is kept: {}.\n      Give them other names, or declare `headers` with `cache_control: no-cache` for them.{packed}",
                paths.join(", ")
            )
        }
        SiteGate::Distribution { settings } => {
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
            let lines = settings.iter().map(|Difference { path, live, declared, class: _ }| {
                format!("\n      {path}: {} instead of {}", shown(live), shown(declared))
            });
            format!(
                "the distribution of site {site} is not as Terraform made it, and might show a build to the wrong people or to nobody:{}\n      Run `terraform apply` in terraform/environments/{environment}.",
                lines.collect::<String>()
            )
        }
    }
}

fn some(objects: usize, examples: &[String]) -> String {
    let objects_in_words = super::counted(objects, "object");
    let rest = objects.saturating_sub(examples.len());
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{objects_in_words} ({}{more})", examples.join(", "))
}
