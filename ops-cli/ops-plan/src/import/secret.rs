//! Where secret variables come from: ARNs as places of the declaration.

use std::collections::{BTreeMap, BTreeSet};

use ops_model::declaration::{SecretPart, SecretReference};
use ops_model::observation::ObservedSecret;
use ops_model::task_definition::TaskDefinition;
use serde_json::Value;

/// What the references of an environment are read by.
#[derive(Clone, Copy)]
pub(super) struct Secrets<'a> {
    pub(super) account: Option<&'a str>,
    pub(super) region: &'a str,
    pub(super) observed: &'a BTreeMap<String, ObservedSecret>,
}

/// Every place that a task definition may mean, for AWS to be asked: the ARN of a secret ends with six random characters,
/// unless it is a part of one, and then its name may look so.
#[must_use]
pub fn secret_places(content: &TaskDefinition, account: &str, region: &str) -> BTreeSet<String> {
    let nothing = BTreeMap::new();
    let secrets = Secrets { account: Some(account), region, observed: &nothing };
    let containers = content.0.get("containerDefinitions").and_then(Value::as_array).into_iter().flatten();
    let variables = containers.filter_map(|container| container.get("secrets")?.as_array()).flatten();
    let values = variables.filter_map(|variable| variable.get("valueFrom")?.as_str());
    values.filter_map(|value| secrets.parse(value)).flat_map(|parsed| parsed.places).collect()
}

/// `valueFrom`, taken apart.
struct Parsed {
    /// The likeliest first.
    places: Vec<String>,
    key: Option<String>,
    version: Option<String>,
}

impl Secrets<'_> {
    /// `None`: the declaration has no name for it.
    pub(super) fn reference(self, value_from: &str) -> Option<SecretReference> {
        let Parsed { places, key, version } = self.parse(value_from)?;
        let present = |place: &&String| matches!(self.observed.get(*place), Some(ObservedSecret::Present { .. }));
        let place = places.iter().find(present).or_else(|| places.first())?.clone();
        Some(match (key, version) {
            (None, None) => SecretReference::Place(place),
            (key, version) => SecretReference::Part(SecretPart { from: place, key, version }),
        })
    }

    /// Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html>,
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>.
    fn parse(self, value_from: &str) -> Option<Parsed> {
        let parts: Vec<&str> = value_from.split(':').collect();
        let here =
            |region: &str, account: &str| region == self.region && self.account.is_none_or(|ours| ours == account);
        let (places, key, version) = match parts.as_slice() {
            // A parameter of the same region.
            [path] if path.starts_with('/') => (vec![format!("ssm:{path}")], None, None),
            ["arn", _, "ssm", region, account, resource] if here(region, account) => {
                (vec![format!("ssm:/{}", resource.strip_prefix("parameter/")?)], None, None)
            }
            ["arn", _, "secretsmanager", region, account, "secret", name, rest @ ..] if here(region, account) => {
                let part =
                    |index: usize| rest.get(index).filter(|part| !part.is_empty()).map(|part| (*part).to_owned());
                let without_suffix = without_random_suffix(name);
                let names = without_suffix.into_iter().chain([*name]);
                let places = names.map(|name| format!("secretsmanager:{name}")).collect();
                (places, part(0), part(2).filter(|version| is_version(version)))
            }
            _ => return None,
        };
        places.iter().all(|place| is_place(place)).then_some(Parsed { places, key, version })
    }
}

fn without_random_suffix(name: &str) -> Option<&str> {
    let (before, suffix) = name.rsplit_once('-')?;
    let random = suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (random && !before.is_empty()).then_some(before)
}

fn is_version(version: &str) -> bool {
    (32..=64).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The forms that the declaration takes.
fn is_place(place: &str) -> bool {
    let word = |text: &str, others: &[u8]| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    match place.split_once(':') {
        Some(("ssm", path)) => path.split('/').skip(1).all(|part| word(part, b"_.-")),
        Some(("secretsmanager", name)) => word(name, b"/_+=.@-"),
        _ => false,
    }
}
