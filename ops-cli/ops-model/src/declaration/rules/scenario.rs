use super::Subject;
use crate::declaration::document::{Entry, Node};
use crate::declaration::plain_secrets::is_reference;
use crate::declaration::{Fault, GIVEN_VARIABLES, LOAD_BALANCER_BASE};

const CODE: &str = "declaration::scenario";

/// A scenario has a URL to begin with, each of its variables one value, and secrets that ops may read.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for scenario in subject.named("scenarios") {
        faults.extend(base(subject, scenario));
        let entries = |key: &str| scenario.value.get(key).map_or(&[][..], Node::entries);
        for variable in entries("variables").iter().chain(entries("secrets")) {
            faults.extend(given(subject, scenario, variable));
        }
        for secret in entries("secrets") {
            if entries("variables").iter().any(|variable| variable.key == secret.key) {
                let message =
                    format!("`{}` of the scenario `{}` is under `variables` and `secrets`", secret.key, scenario.key);
                faults.push(
                    subject
                        .fault(CODE, message)
                        .at(&secret.key_span, "the second time")
                        .remedy("remove one of the two"),
                );
            }
            faults.extend(place(subject, scenario, secret));
            faults.extend(part(subject, scenario, secret));
        }
    }
}

fn base(subject: &Subject<'_>, scenario: &Entry) -> Option<Fault> {
    let has_load_balancer = subject.document.get("load_balancer").is_some();
    let Some(node) = scenario.value.get("base") else {
        return (!has_load_balancer).then(|| {
            subject
                .fault(CODE, format!("the scenario `{}` begins at a load balancer that is not declared", scenario.key))
                .at(&scenario.key_span, "has no `base`")
                .remedy(format!("declare `load_balancer:`, or write `base:`: {}", sites_in_words(subject)))
        });
    };
    let text = node.text()?;
    let sites = subject.named("sites");
    if text.starts_with("https://") || sites.iter().any(|site| site.key == text) {
        return None;
    }
    if text == LOAD_BALANCER_BASE && has_load_balancer {
        return None;
    }
    let what = if text == LOAD_BALANCER_BASE { "a load balancer that is" } else { "a site that is" };
    Some(
        subject
            .fault(CODE, format!("the scenario `{}` begins at {what} not declared", scenario.key))
            .at(&node.span, "not declared")
            .remedy(sites_in_words(subject)),
    )
}

fn sites_in_words(subject: &Subject<'_>) -> String {
    let names: Vec<_> = subject.named("sites").iter().map(|site| format!("`{}`", site.key)).collect();
    let sites =
        if names.is_empty() { "no site is declared".to_owned() } else { format!("the sites are {}", names.join(", ")) };
    format!("a base is `load_balancer`, the name of a site, or an address that begins with `https://`; {sites}")
}

fn given(subject: &Subject<'_>, scenario: &Entry, variable: &Entry) -> Option<Fault> {
    GIVEN_VARIABLES.contains(&variable.key.as_str()).then(|| {
        subject
            .fault(CODE, format!("the scenario `{}` sets `{}` itself", scenario.key, variable.key))
            .at(&variable.key_span, "ops sets it")
            .remedy("choose another name, or remove the line: every file is given `url`, `environment` and `commit`")
    })
}

/// The roles of CI read values here and nowhere else.
fn place(subject: &Subject<'_>, scenario: &Entry, secret: &Entry) -> Option<Fault> {
    let node = secret.value.get("from").unwrap_or(&secret.value);
    let own = format!("slipway/{}/scenarios/", subject.folder);
    let place = node.text().filter(|text| is_reference(text))?;
    let (scheme, path) = place.split_once(':')?;
    if path.trim_start_matches('/').starts_with(&own) {
        return None;
    }
    let slash = if scheme == "ssm" { "/" } else { "" };
    Some(
        subject
            .fault(
                CODE,
                format!("`{}` of the scenario `{}` is kept where ops reads no values", secret.key, scenario.key),
            )
            .at(&node.span, "not a place of scenarios")
            .remedy(format!(
                "put it below `{scheme}:{slash}{own}`: a secret of its own, with no more rights than it needs"
            )),
    )
}

/// As with containers.
fn part(subject: &Subject<'_>, scenario: &Entry, secret: &Entry) -> Option<Fault> {
    let from = secret.value.get("from").and_then(Node::text).unwrap_or_default();
    let entry =
        ["key", "version"].iter().find_map(|key| secret.value.entry(key)).filter(|_| from.starts_with("ssm:"))?;
    Some(
        subject
            .fault(
                CODE,
                format!("`{}` of `{}` of the scenario `{}` is of a parameter", entry.key, secret.key, scenario.key),
            )
            .at(&entry.key_span, "only with secrets of Secrets Manager")
            .remedy("remove the line, or keep the value in Secrets Manager (`secretsmanager:<name>`)"),
    )
}
