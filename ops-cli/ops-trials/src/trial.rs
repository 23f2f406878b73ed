//! One trial: environment, rounds, and what has to be so in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use ops_engine::bundle::Stored;
use ops_engine::event::EventSink;
use ops_engine::permission::Permission;
use ops_engine::reconcile::{ReconcileError, ReconcileRequest};
use ops_model::declaration::{Declaration, Site};
use ops_model::record::Record;
use ops_sim::SimulatedAccount;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::bundle;
use crate::canary;
use crate::class::Class;
use crate::convergence::{converge, told};
use crate::drawn::{Drawn, VERSIONS};
use crate::edit::{self, Edit, perform};
use crate::finding::{Broken, Property};
use crate::foreign::{self, Foreign};
use crate::images::{CRASHES, GOOD};
use crate::platform::{BUCKET, CLUSTER, platform};
use crate::property::{Case, one_writes_at_a_time};
use crate::reachability;
use crate::reconciler::{request, try_reconcile};
use crate::round::{How, Round, Rounds, rounds};
use crate::site_view::{SiteView, served_whole};
use crate::story::Story;
use crate::trouble::Trouble;
use crate::watch::Watch;

/// Virtual time after which nothing ends any more.
const TOO_LONG: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// The lease of whoever was killed has to run out: the simulated holders are this very process, which lives.
const LEASE: Duration = Duration::from_secs(120);

/// Not optimised, what is drawn and what a reconcile waits for need more than the thread of a test has.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// How much happened.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub reconciles: u64,
    pub edits: u64,
    pub kills: u64,
    pub writes: u64,
}

impl std::ops::AddAssign for Told {
    fn add_assign(&mut self, other: Self) {
        let Self { reconciles, edits, kills, writes } = other;
        self.reconciles += reconciles;
        self.edits += edits;
        self.kills += kills;
        self.writes += writes;
    }
}

/// The trial of a seed, always the same.
///
/// # Errors
///
/// The first property that did not hold.
pub fn run(class: Class, seed: u64, story: &mut Story) -> Result<Told, Broken> {
    let ends = |error: io::Error| Property::Ends.broken(error.to_string());
    thread::scope(|scope| {
        let trial = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || {
            let drawn = drawn_from(class, seed)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.map_err(ends)?.block_on(async {
                let in_time = timeout(TOO_LONG, Trial::run(drawn, story)).await;
                in_time.unwrap_or_else(|_| Err(Property::Ends.broken("it has not ended after two days")))
            })
        });
        trial.map_err(ends)?.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn drawn_from(class: Class, seed: u64) -> Result<Rounds, Broken> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let drawn = rounds(class).new_tree(&mut runner).map_err(|reason| Property::Ends.broken(reason.to_string()))?;
    Ok(drawn.current())
}

struct Trial<'a> {
    account: SimulatedAccount,
    drawn: Drawn,
    /// Every one so far, the one that holds last.
    declarations: Vec<Declaration>,
    bundles: BTreeMap<u32, Stored>,
    foreign: Foreign,
    /// Sites that somebody has changed by hand since they were as declared.
    meddled: BTreeSet<String>,
    /// Whether tasks of a build that crashes may be left.
    is_crashing: bool,
    told: Told,
    story: &'a mut Story,
}

impl<'a> Trial<'a> {
    async fn run(rounds: Rounds, story: &'a mut Story) -> Result<Told, Broken> {
        let Rounds { first, begins_well, rounds, good } = rounds;
        let mut trial = Self::begin(first, story).await?;
        if begins_well {
            trial.converge().await?;
        }
        for round in &rounds {
            trial.round(round).await?;
        }
        if !GOOD.contains(&trial.drawn.build) {
            let fixed = Drawn { build: good, ..trial.drawn.clone() };
            trial.push(fixed, "a good build");
        }
        trial.converge().await?;
        trial.told.writes = u64::try_from(trial.account.writes().len()).unwrap_or(u64::MAX);
        Ok(trial.told)
    }

    async fn begin(drawn: Drawn, story: &'a mut Story) -> Result<Self, Broken> {
        let account = SimulatedAccount::new();
        account.create_bucket(BUCKET);
        let mut bundles = BTreeMap::new();
        for version in VERSIONS {
            let stored = bundle::store(&account, &Site::default(), &bundle::build(version)).await;
            bundles.insert(version, stored.map_err(|error| Property::Ends.broken(format!("{error:?}")))?);
        }
        let declaration = drawn.read(&bundles);
        Drawn::provision(&account, &declaration);
        foreign::settle(&account).map_err(|error| Property::Ends.broken(error.to_string()))?;
        // Theirs runs before ours comes.
        sleep(Duration::from_secs(120)).await;
        let foreign = Foreign::of(&account);
        story.tell(account.clock().elapsed(), &format!("declared: {drawn:?}"));
        let (declarations, meddled, told) = (vec![declaration], BTreeSet::new(), Told::default());
        let is_crashing = drawn.build == CRASHES;
        Ok(Self { account, drawn, declarations, bundles, foreign, meddled, is_crashing, told, story })
    }

    fn declaration(&self) -> &Declaration {
        // There is one from the beginning on.
        &self.declarations[self.declarations.len() - 1]
    }

    fn tell(&mut self, what: &str) {
        self.story.tell(self.account.clock().elapsed(), what);
    }

    /// Git says something else from now on, and Terraform has been applied to it.
    fn push(&mut self, drawn: Drawn, why: &str) {
        self.tell(&format!("pushed, {why}: {drawn:?}"));
        self.declarations.push(drawn.read(&self.bundles));
        self.is_crashing |= drawn.build == CRASHES;
        self.drawn = drawn;
        self.account.provision(&platform(self.declaration()), BUCKET).expect("a platform serialises");
    }

    async fn round(&mut self, round: &Round) -> Result<(), Broken> {
        if let Some(change) = &round.push {
            let changed = change.applied_to(&self.drawn);
            let rules = reachability::live(&self.account, self.declaration());
            self.push(changed, "a change");
            if round.rules_as_before {
                self.tell("by hand: the rules of the firewall as they were before");
                self.told.edits += 1;
                edit::restore_rules(&self.account, &rules);
            }
        }
        for edit in &round.by_hand {
            self.tell(&format!("by hand: {edit:?}"));
            self.edited(edit);
            perform(&self.account, edit).await;
        }
        for trouble in &round.troubles {
            self.tell(&format!("trouble: {trouble:?}"));
            trouble.begin(&self.account);
        }
        let leave = |request: ReconcileRequest| ReconcileRequest {
            permission: Permission::from_flags(round.allow_deletions, false),
            verify_again: round.verify_again,
            patience_for_lease: LEASE,
            ..request
        };
        let is_calm = round.troubles.is_empty() && round.meanwhile.is_none() && matches!(round.how, How::ToTheEnd);
        let meanwhile = round.meanwhile.clone();
        if let Some((_, edit)) = &meanwhile {
            self.edited(edit);
        }
        let done =
            self.reconcile(leave(request(&self.account, self.declaration())), &round.how, meanwhile, is_calm).await;
        Trouble::end(&self.account);
        done.map(drop)
    }

    fn edited(&mut self, edit: &Edit) {
        self.told.edits += 1;
        if let Edit::Site(site, _) = edit {
            self.meddled.insert((*site).to_owned());
        }
    }

    async fn converge(&mut self) -> Result<(), Broken> {
        self.tell("nobody meddles any more");
        let (account, declaration) = (self.account.clone(), self.declaration().clone());
        let mut broken = None;
        let converged = converge(&account, &declaration, async |request| {
            let request = ReconcileRequest { patience_for_lease: LEASE, ..request };
            match self.reconcile(request, &How::ToTheEnd, None, true).await {
                Ok(mut done) => {
                    done.pop().ok_or_else(|| "no reconcile".to_owned())?.map_err(|error| format!("{error:?}"))
                }
                Err(found) => {
                    let how = found.how.clone();
                    broken = Some(found);
                    Err(how)
                }
            }
        });
        let converged = converged.await;
        if let Some(broken) = broken {
            return Err(broken);
        }
        converged.map_err(|how| Property::Converges.broken(how))?;
        self.meddled.clear();
        self.is_crashing = false;
        Ok(())
    }

    /// One reconcile, or two at once, with somebody who looks on.
    async fn reconcile(
        &mut self,
        request: ReconcileRequest,
        how: &How,
        meanwhile: Option<(Duration, Edit)>,
        is_calm: bool,
    ) -> Result<Vec<Result<Record, ReconcileError>>, Broken> {
        self.tell(&format!("reconcile, {how:?}"));
        let account = self.account.clone();
        let (before, writes) = (account.true_services(CLUSTER), account.writes().len());
        let served = self.served();
        let (sender, receiver) = mpsc::unbounded_channel();
        let (other_sender, other_receiver) = mpsc::unbounded_channel();
        let mut watch = Watch::begin(&account, &self.declarations, self.views(), vec![receiver, other_receiver]);
        if self.is_crashing {
            watch.forgive_crashes();
        }
        let process = u32::try_from(self.told.reconciles).unwrap_or(u32::MAX) * 2 + 1;
        self.told.reconciles += 1;
        let cancelled = CancellationToken::new();
        let caller = account.as_process(process);
        let first = try_reconcile(&caller, request.clone(), EventSink::new(sender), cancelled.clone());
        let is_alone = meanwhile.is_none();
        if !is_alone {
            watch.disturb();
        }
        let work = async {
            let work = one_or_two(&account, first, how, process + 1, request, EventSink::new(other_sender), cancelled);
            tokio::pin!(work);
            let Some((after, edit)) = meanwhile else { return work.await };
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = sleep(after) => perform(&account, &edit).await,
            }
            work.await
        };
        let done = watch.over(work).await?;
        let events = watch.events;
        Trouble::end(&account);
        if done.is_empty() {
            self.told.kills += 1;
            self.tell("killed");
        }
        for one in &done {
            self.tell(&match one {
                Ok(record) => {
                    format!("{:?} {}\n{}", record.outcome, record.error.as_deref().unwrap_or_default(), told(record))
                }
                Err(error) => format!("{error:?}"),
            });
        }
        canary::is_not_in(&account, &[&done, &events, &account.writes().get(writes..)])?;
        self.foreign.is_untouched(&account)?;
        one_writes_at_a_time(&account, writes)?;
        let case = Case {
            account: &account,
            drawn: &self.drawn,
            declaration: self.declaration(),
            before: &before,
            served: &served,
            meddled: &self.meddled,
            is_calm,
            is_alone,
        };
        for record in done.iter().flatten() {
            case.holds(record, &events)?;
        }
        Ok(done)
    }

    /// The builds that declared sites serve whole.
    fn served(&self) -> BTreeMap<&'static str, u32> {
        let sites = self.drawn.sites.keys();
        sites.filter_map(|site| Some((*site, served_whole(&self.account, site)?))).collect()
    }

    /// Sites that nobody else has changed.
    fn views(&self) -> Vec<SiteView> {
        let untouched = self.drawn.sites.iter().filter(|(name, _)| !self.meddled.contains(**name));
        let views = untouched.filter_map(|(name, site)| {
            let kept = self.declaration().environment.sites.get(*name)?.keep_builds;
            SiteView::of(&self.account, name, &self.bundles, site.version, kept)
        });
        views.collect()
    }
}

/// Nothing comes of one that was killed.
async fn one_or_two(
    account: &SimulatedAccount,
    first: impl Future<Output = Result<Record, ReconcileError>>,
    how: &How,
    process: u32,
    request: ReconcileRequest,
    events: EventSink,
    cancelled: CancellationToken,
) -> Vec<Result<Record, ReconcileError>> {
    match how {
        How::ToTheEnd => vec![first.await],
        How::Killed(calls) => {
            account.faults().crash_after(*calls);
            let crashed = account.faults().crashed();
            let done = tokio::select! {
                biased;
                () = crashed => Vec::new(),
                done = first => vec![done],
            };
            account.faults().revive();
            done
        }
        How::Interrupted(after) => {
            let interrupt = async {
                sleep(*after).await;
                cancelled.cancel();
            };
            vec![tokio::join!(first, interrupt).0]
        }
        How::TwoAtOnce { after, patient } => {
            let later = async {
                sleep(*after).await;
                let patience_for_lease = if *patient { Duration::from_secs(3600) } else { Duration::ZERO };
                let request = ReconcileRequest { patience_for_lease, ..request };
                try_reconcile(&account.as_process(process), request, events, CancellationToken::new()).await
            };
            let (first, later) = tokio::join!(first, later);
            vec![first, later]
        }
    }
}
