//! Where ECS takes the values of secret variables from, and which version a revision was made for.

use std::collections::BTreeMap;

use ops_model::declaration::{Container, Environment, SecretReference, Workload};
use ops_model::observation::ObservedSecret;
use ops_model::plan::UnusableSecret;
use ops_model::platform::Platform;

/// Prefix of the Docker labels that hold the version of each secret: a changed version is a changed task definition, and so
/// the service is rolled. ECS itself notices no rotation.
pub(crate) const VERSION_LABEL: &str = "slipway.secret.";

/// What the secrets of an environment are rendered with.
#[derive(Clone, Copy)]
pub(super) struct Secrets<'a> {
    pub(super) environment: &'a Environment,
    pub(super) platform: &'a Platform,
    pub(super) observed: &'a BTreeMap<String, ObservedSecret>,
}

impl<'a> Secrets<'a> {
    /// `valueFrom`.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>
    pub(super) fn value_from(self, reference: &SecretReference) -> String {
        let arn = match self.observed.get(reference.place()) {
            Some(ObservedSecret::Present { arn, .. }) => arn.clone(),
            _ => self.arn(reference.place()),
        };
        match (reference.key(), reference.version()) {
            (None, None) => arn,
            (key, version) => format!("{arn}:{}::{}", key.unwrap_or_default(), version.unwrap_or_default()),
        }
    }

    /// The version that a revision is made for; `None` where the declaration names one.
    pub(super) fn version(self, reference: &SecretReference) -> Option<&'a str> {
        match (reference.version(), self.observed.get(reference.place())) {
            (None, Some(ObservedSecret::Present { version, .. })) => Some(version),
            _ => None,
        }
    }

    fn arn(self, place: &str) -> String {
        let Environment { region, account, .. } = self.environment;
        let partition = self.platform.cluster.arn.split(':').nth(1).unwrap_or("aws");
        match place.split_once(':') {
            Some(("ssm", path)) => {
                format!("arn:{partition}:ssm:{region}:{account}:parameter/{}", path.trim_start_matches('/'))
            }
            Some(("secretsmanager", secret)) => {
                format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{secret}")
            }
            // `ops check` refuses every other form.
            _ => place.to_owned(),
        }
    }
}

/// Secrets of a service or task that its containers could not start with.
#[must_use]
pub fn unusable_secrets(
    user: &str,
    workload: &Workload,
    observed: &BTreeMap<String, ObservedSecret>,
) -> Vec<UnusableSecret> {
    let of_container = |prefix: String, container: &Container| -> Vec<UnusableSecret> {
        let unusable = container.secrets.iter().filter_map(|(variable, reference)| {
            let why = match observed.get(reference.place()) {
                Some(ObservedSecret::Present { .. }) => return None,
                Some(ObservedSecret::Empty) => "nobody has put a value into it yet".to_owned(),
                Some(ObservedSecret::Missing) => "it does not exist".to_owned(),
                Some(ObservedSecret::Unreadable { why }) => why.clone(),
                None => "nobody looked at it".to_owned(),
            };
            Some(UnusableSecret {
                user: user.to_owned(),
                path: format!("{prefix}secrets.{variable}"),
                place: reference.place().to_owned(),
                why,
            })
        });
        unusable.collect()
    };
    let sidecars = workload
        .containers
        .iter()
        .flat_map(|(name, sidecar)| of_container(format!("containers.{name}."), &sidecar.container));
    of_container(String::new(), &workload.container).into_iter().chain(sidecars).collect()
}
