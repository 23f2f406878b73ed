//! What has a build that was never found good, and stays beside what went back: a reconcile that was killed had brought it,
//! say, so that this one had nothing to do there.

use ops_model::declaration::Site;
use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::Kind;
use ops_model::record::{Operation, Record};

use super::{RollBack, in_words};
use crate::execute::verdict;
use crate::history::newest_that;

impl RollBack<'_> {
    pub(super) async fn left_behind(&self, outcomes: &[ChangeOutcome]) -> Vec<ChangeOutcome> {
        if !outcomes.iter().any(|outcome| outcome.outcome == Outcome::RolledBack) {
            return Vec::new();
        }
        let Self { execution, declaration, failed, .. } = self;
        let environment = &declaration.environment;
        let newest = newest_that(execution.cloud.objects.as_ref(), &environment.ops_bucket, is_good).await;
        // Where no record can be read nothing is known to be good.
        let good = newest.ok().flatten();
        let is_new = |artifact: &str| {
            let build = |builds: &ops_model::declaration::Builds| builds.artifacts.get(artifact).cloned();
            let before = good.as_ref().and_then(|good| build(&good.builds));
            build(&declaration.builds).is_some_and(|now| !before.is_some_and(|before| before.is_same_as(&now)))
        };
        let services = environment.services.iter().filter(|(name, service)| {
            execution.observation.services.contains_key(*name) && service.workload.artifacts().any(is_new)
        });
        let sites = environment
            .sites
            .iter()
            .filter(|(name, site)| self.serves_declared(name, site) && site.artifact.as_deref().is_some_and(is_new));
        let services = services.map(|(name, _)| (Kind::Service, name));
        let stay = services.chain(sites.map(|(name, _)| (Kind::Site, name)));
        let stay = stay.filter(|(kind, name)| !self.is_changed(*kind, name));
        let reason = format!(
            "left as it is, although {} failed: it had this build before this reconcile began",
            in_words(failed)
        );
        stay.map(|(kind, name)| verdict(kind, name, Outcome::NotVerified, Some(reason.clone()))).collect()
    }

    fn serves_declared(&self, name: &str, site: &Site) -> bool {
        let Self { execution, declaration, .. } = self;
        let current = execution.observation.sites.get(name).and_then(|live| live.current.as_ref());
        let declared = site.artifact.as_ref().and_then(|artifact| declaration.builds.artifacts.get(artifact));
        current.and_then(|current| current.build.as_ref()) == declared.map(|build| &build.digest)
    }

    /// By this reconcile, or later.
    fn is_changed(&self, kind: Kind, name: &str) -> bool {
        self.plan.changes().any(|change| change.kind() == kind && change.name == name)
            || self.plan.left_out.iter().any(|change| change.kind == kind && change.name == name)
    }
}

fn is_good(record: &Record) -> bool {
    record.operation == Operation::Reconcile && record.outcome.is_success() && record.only.is_empty()
}
