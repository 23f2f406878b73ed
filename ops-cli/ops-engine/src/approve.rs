//! Approval: somebody says that exactly this may be deployed, and the record says who.
//!
//! It is bound to what git says, the declaration, the builds and the files of the scenarios, and not to the plan: what is live
//! changes while people sleep, and each change would void what they have said. `ops plan --out` is there for who wants
//! one plan and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use ops_model::declaration::Declaration;
use ops_model::outcome::Outcome;
use ops_model::plan::{Gate, Plan};
use ops_model::record::{Operation, Record};

use crate::clock::Clock;
use crate::cloud::{Cloud, Objects};
use crate::history::{self, HistoryError, KeepError, begun, newest_that, recorded};
use crate::observe::{ObserveError, Surroundings, surroundings};
use crate::verification::fingerprint;

/// By how much at most: AWS takes no call from a clock that is off by more.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(30);

#[derive(Debug, thiserror::Error)]
pub enum ApproveError {
    #[error(transparent)]
    Observe(#[from] ObserveError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("{environment} asks for no approvals")]
    NotAsked { environment: String },
    #[error("{arn} has approved exactly this before")]
    Already { arn: String },
    #[error("the approval could not be written")]
    NotKept {
        #[source]
        source: KeepError,
    },
}

/// What is approved.
pub struct ApproveRequest<'a> {
    pub declaration: &'a Declaration,
    /// Commit that the declaration was read at.
    pub commit: &'a str,
    /// Text of each scenario's file.
    pub texts: &'a BTreeMap<String, String>,
    /// The plan that was looked at; its changes are kept in the record.
    pub plan: &'a Plan,
    pub reason: Option<String>,
}

/// An approval that was kept.
#[derive(Debug)]
pub struct Approval {
    pub record: Record,
    /// ARNs of all who have approved exactly this, at most as many as are needed.
    pub approved_by: BTreeSet<String>,
    pub needed: u32,
}

/// Keeps a record of an approval. No lease is taken: nothing is changed.
///
/// # Errors
/// Nothing was kept.
pub async fn approve(cloud: &Cloud, clock: &dyn Clock, request: ApproveRequest<'_>) -> Result<Approval, ApproveError> {
    let ApproveRequest { declaration, commit, texts, plan, reason } = request;
    let environment = &declaration.environment;
    let needed = environment.gates.promotion.as_ref().map_or(0, |promotion| promotion.approvals);
    if needed == 0 {
        return Err(ApproveError::NotAsked { environment: environment.environment.clone() });
    }
    let Surroundings { actor, platform } = surroundings(cloud, environment).await?;
    let (objects, bucket) = (cloud.objects.as_ref(), environment.ops_bucket.as_str());
    let fingerprint = fingerprint(declaration, texts);
    let mut approved_by = approvers(objects, bucket, needed, &fingerprint).await?;
    if !approved_by.insert(actor.clone()) {
        return Err(ApproveError::Already { arn: actor });
    }
    let mut record = begun(declaration, commit, Operation::Approve, &actor, clock.now());
    record.approves = Some(fingerprint);
    record.reason = reason;
    record.changes = plan.changes().map(recorded).collect();
    record.outcome = Outcome::Succeeded;
    record.finished_at = clock.now();
    record.calls = cloud.calls.calls();
    let kept = history::keep(objects, bucket, &mut record, platform.record_lock_days()).await;
    kept.map_err(|source| ApproveError::NotKept { source })?;
    Ok(Approval { record, approved_by, needed })
}

/// The gate that waits for approvals; `None`: there are enough of exactly this.
pub(crate) async fn missing(
    objects: &dyn Objects,
    bucket: &str,
    needed: u32,
    fingerprint: String,
) -> Result<Option<Gate>, HistoryError> {
    if needed == 0 {
        return Ok(None);
    }
    let approved_by = approvers(objects, bucket, needed, &fingerprint).await?;
    let is_enough = approved_by.len() >= usize::try_from(needed).unwrap_or(usize::MAX);
    let approved_by = approved_by.into_iter().collect();
    Ok((!is_enough).then_some(Gate::Approvals { needed, approved_by, fingerprint }))
}

/// ARNs of those who have approved exactly this. No more records are read than it takes to find as many as are needed.
async fn approvers(
    objects: &dyn Objects,
    bucket: &str,
    needed: u32,
    fingerprint: &str,
) -> Result<BTreeSet<String>, HistoryError> {
    let found = Mutex::new(Found::default());
    let needed = usize::try_from(needed).unwrap_or(usize::MAX);
    let is_enough = |record: &Record| {
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found.look_at(record, fingerprint);
        found.approved_by.len() >= needed || found.nothing_before.is_some_and(|moment| record.started_at < moment)
    };
    newest_that(objects, bucket, is_enough).await?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner).approved_by)
}

/// What the records said so far, from the newest on.
#[derive(Default)]
struct Found {
    approved_by: BTreeSet<String>,
    nothing_before: Option<Timestamp>,
}

impl Found {
    fn look_at(&mut self, record: &Record, fingerprint: &str) {
        if record.operation == Operation::Approve && record.approves.as_deref() == Some(fingerprint) {
            self.approved_by.insert(record.actor.arn.clone());
        }
        if let Some(known) = known_before(record, fingerprint) {
            self.approved_by.extend(known.iter().cloned());
            let earliest = record.started_at.checked_sub(CLOCKS_DIFFER).unwrap_or(Timestamp::MIN);
            self.nothing_before.get_or_insert(earliest);
        }
    }
}

/// A reconcile that was held names all who had approved by then: the search stays short.
fn known_before<'a>(record: &'a Record, wanted: &str) -> Option<&'a Vec<String>> {
    record.gates.iter().find_map(|gate| match gate {
        Gate::Approvals { approved_by, fingerprint, .. } if fingerprint == wanted => Some(approved_by),
        _ => None,
    })
}
