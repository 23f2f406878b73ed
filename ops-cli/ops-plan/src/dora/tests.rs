use jiff::ToSpan as _;
use ops_model::declaration::{Build, BuildContent, Digest};
use ops_model::outcome::{ChangeOutcome, Evidence};
use ops_model::plan::ChangeClass;
use ops_model::record::{Actor, RecordedChange};
use proptest::prelude::*;

use super::*;

/// Hours after the beginning of 2026.
fn at(hour: i64) -> Timestamp {
    Timestamp::constant(1_767_225_600, 0) + hour.hours()
}

/// Of a build, and what became of bringing it; it took half an hour and ended at this hour.
fn record(hour: i64, build: char, outcome: Outcome) -> Record {
    let change = RecordedChange {
        kind: Kind::Service,
        name: "api".to_owned(),
        class: ChangeClass::NewDeployment,
        differences: Vec::new(),
    };
    let outcomes = vec![ChangeOutcome {
        kind: Kind::Service,
        name: "api".to_owned(),
        outcome,
        rollout: None,
        task_definition: None,
        reason: None,
        evidence: Evidence::default(),
    }];
    let artifact = Build {
        content: BuildContent::Image("registry/app".to_owned()),
        digest: Digest(format!("sha256:{}", build.to_string().repeat(64))),
        version: build.to_string(),
        commit: Some(commit(build)),
        promoted_from: None,
        promoted_by: None,
        evidence: None,
    };
    Record {
        version: 1,
        id: format!("{hour:026}"),
        environment: "dev".to_owned(),
        operation: Operation::Reconcile,
        commit: "c0ffee".to_owned(),
        declaration_sha256: "declaration".to_owned(),
        actor: Actor { arn: String::new(), host: String::new() },
        started_at: at(hour) - 30.minutes(),
        finished_at: at(hour),
        outcome,
        error: None,
        gates: Vec::new(),
        overrides: Vec::new(),
        changes: vec![change],
        outcomes,
        builds: Builds { version: 1, artifacts: BTreeMap::from([("app".to_owned(), artifact)]), holds: Vec::new() },
        verified: None,
        approves: None,
        reason: None,
        only: Vec::new(),
        calls: BTreeMap::new(),
        previous: None,
    }
}

fn commit(build: char) -> String {
    build.to_string().repeat(40)
}

/// Nothing differed.
fn in_sync(hour: i64, build: char) -> Record {
    Record { changes: Vec::new(), outcomes: Vec::new(), ..record(hour, build, Outcome::InSync) }
}

/// The commits of builds a, b, c … were made at hours 0, 10, 20 …
fn commit_times() -> BTreeMap<String, Timestamp> {
    ('a'..='f').zip(0..).map(|(build, tens)| (commit(build), at(tens * 10))).collect()
}

fn figures(records: &[Record]) -> Dora {
    dora(records, &commit_times(), Period { since: at(0), until: at(24 * 30) })
}

fn counts(dora: &Dora) -> (u32, u32, u32) {
    (dora.succeeded, dora.failed, dora.without_verdict)
}

#[test]
fn deployments_are_counted_and_measured() {
    let records = [
        record(5, 'a', Outcome::Succeeded),
        record(14, 'b', Outcome::Succeeded),
        record(50, 'c', Outcome::RolledBack),
        record(56, 'd', Outcome::Succeeded),
        record(60, 'e', Outcome::Succeeded),
    ];
    let figures = figures(&records);
    assert_eq!(counts(&figures), (4, 1, 0));
    // 5, 4, 26 and 20 hours.
    assert_eq!((figures.lead_times.values, figures.lead_times.median), (4, Some(SignedDuration::from_mins(750))));
    assert_eq!(figures.failure_rate, Some(0.2));
    assert_eq!((figures.restore_times.values, figures.failing_since), (1, None));
    assert!(figures.a_week.is_some_and(|a_week| (0.9..1.0).contains(&a_week)), "{figures:?}");
}

#[test]
fn too_little_is_no_figure() {
    let period = Period { since: at(0), until: at(100) };
    let figures = dora(&[record(5, 'a', Outcome::Succeeded)], &commit_times(), period);
    assert_eq!((figures.a_week, figures.failure_rate, figures.lead_times.median), (None, None, None));
    assert_eq!(counts(&figures), (1, 0, 0));
    let none = dora(&[], &commit_times(), period);
    assert_eq!((counts(&none), none.a_week), ((0, 0, 0), None));
}

#[test]
fn what_is_not_known_to_have_failed_has_not() {
    for outcome in [Outcome::Superseded, Outcome::Interrupted, Outcome::TimedOut, Outcome::Paused] {
        let figures = figures(&[record(5, 'a', Outcome::Succeeded), record(15, 'b', outcome)]);
        assert_eq!((counts(&figures), figures.failing_since), ((1, 0, 1), None), "{outcome:?}");
    }
    for outcome in [Outcome::RolledBack, Outcome::Failed, Outcome::NotVerified, Outcome::Stopped] {
        let figures = figures(&[record(5, 'a', Outcome::Succeeded), record(15, 'b', outcome)]);
        assert_eq!((counts(&figures), figures.failing_since), ((1, 1, 0), Some(at(15))), "{outcome:?}");
    }
    // Nothing was begun.
    let refused = Record { outcomes: Vec::new(), ..record(15, 'b', Outcome::Failed) };
    for idle in [record(15, 'b', Outcome::Held), refused] {
        assert_eq!(counts(&figures(&[record(5, 'a', Outcome::Succeeded), idle])), (1, 0, 0));
    }
}

#[test]
fn mended_drift_is_no_deployment() {
    let records =
        [record(5, 'a', Outcome::Succeeded), record(9, 'a', Outcome::Succeeded), record(11, 'a', Outcome::Failed)];
    assert_eq!(counts(&figures(&records)), (1, 0, 0));
    let by_hand = Record { operation: Operation::Run, ..record(9, 'b', Outcome::Failed) };
    assert_eq!(counts(&figures(&[record(5, 'a', Outcome::Succeeded), by_hand])), (1, 0, 0));
}

#[test]
fn an_approval_sees_no_deployment() {
    let approval = |hour| Record { operation: Operation::Approve, ..in_sync(hour, 'b') };
    let records =
        [record(5, 'a', Outcome::Succeeded), approval(9), record(15, 'b', Outcome::Interrupted), approval(18)];
    let figures = figures(&records);
    assert_eq!(counts(&figures), (1, 0, 1));
    assert_eq!(figures.lead_times.values, 1);
}

#[test]
fn what_ended_unseen_is_counted_by_the_first_that_sees_it() {
    let records = [record(5, 'a', Outcome::Succeeded), record(15, 'b', Outcome::Interrupted), in_sync(18, 'b')];
    let figures = figures(&records);
    assert_eq!(counts(&figures), (2, 0, 1));
    assert_eq!(figures.lead_times.values, 2);
}

#[test]
fn a_pause_that_goes_on_is_one_deployment_and_one_taken_back_a_failure() {
    let paused = [record(5, 'a', Outcome::Succeeded), record(15, 'b', Outcome::Paused)];
    let goes_on = Record { operation: Operation::Continue, ..record(17, 'b', Outcome::Succeeded) };
    let figures_of = |end: &[Record]| figures(&[&paused, end].concat());
    let figures = figures_of(&[goes_on, in_sync(40, 'b')]);
    assert_eq!(counts(&figures), (2, 0, 1));
    // 5 and 7 hours: not 30, when somebody looked again.
    assert_eq!(figures.lead_times.values, 2);
    let taken_back = Record { operation: Operation::TakeBack, ..record(17, 'b', Outcome::RolledBack) };
    assert_eq!(counts(&figures_of(&[taken_back])), (1, 1, 1));
}

#[test]
fn failures_in_a_row_are_one_time_to_restore() {
    let records = [
        record(5, 'a', Outcome::Succeeded),
        record(20, 'b', Outcome::RolledBack),
        record(23, 'c', Outcome::NotVerified),
        in_sync(30, 'c'),
    ];
    let figures = figures(&records);
    assert_eq!((figures.restore_times.values, figures.failing_since), (1, None));
    assert_eq!(self::figures(&records[..3]).failing_since, Some(at(20)), "the first of them");
    // Going back to what ran before is enough.
    let back = [record(5, 'a', Outcome::Succeeded), record(20, 'b', Outcome::RolledBack), in_sync(21, 'a')];
    assert_eq!(self::figures(&back).restore_times.values, 1);
    // What was restricted to one service says nothing of the others.
    let part = Record { only: vec!["service/worker".to_owned()], ..record(25, 'b', Outcome::Succeeded) };
    assert_eq!(self::figures(&[back[0].clone(), back[1].clone(), part]).failing_since, Some(at(20)));
}

#[test]
fn commits_that_are_not_known_are_said_and_an_older_build_is_no_change() {
    let unknown = record(70, 'x', Outcome::Succeeded);
    let mut unnamed = record(80, 'y', Outcome::Succeeded);
    unnamed.builds.artifacts.values_mut().for_each(|build| build.commit = None);
    let records = [
        record(25, 'b', Outcome::Succeeded),
        record(30, 'c', Outcome::Succeeded),
        record(40, 'b', Outcome::Succeeded),
        unknown,
        unnamed,
    ];
    let figures = figures(&records);
    assert_eq!((figures.lead_times.values, figures.lead_times_unknown), (2, 2));
    // Clocks that disagree give no lead time either.
    let early = self::figures(&[record(5, 'f', Outcome::Succeeded)]);
    assert_eq!((early.lead_times.values, early.lead_times_unknown), (0, 1));
}

#[test]
fn what_came_before_the_period_is_known_and_not_counted() {
    let before = record(-24, 'a', Outcome::Succeeded);
    assert!(is_enough(&before, at(0)) && !is_enough(&record(-24, 'a', Outcome::Failed), at(0)));
    let failed = record(-10, 'b', Outcome::Failed);
    let figures = figures(&[before, failed, in_sync(2, 'a'), record(30, 'c', Outcome::Succeeded)]);
    assert_eq!(counts(&figures), (1, 0, 0));
    assert_eq!((figures.restore_times.values, figures.lead_times.values), (1, 1));
    assert_eq!(figures.period.since, at(0));
}

const OUTCOMES: [Outcome; 9] = [
    Outcome::InSync,
    Outcome::Succeeded,
    Outcome::Held,
    Outcome::Paused,
    Outcome::Interrupted,
    Outcome::Superseded,
    Outcome::NotVerified,
    Outcome::RolledBack,
    Outcome::Failed,
];

proptest! {
    /// Whatever happened: nothing is counted twice, and in whichever order the records are read.
    #[test]
    fn figures_stand_on_what_is_there(
        story in prop::collection::vec((0usize..OUTCOMES.len(), prop::char::range('a', 'f')), 0..30),
        shift in 0usize..30,
    ) {
        let mut records: Vec<_> =
            story.iter().zip(1..).map(|((outcome, build), hour)| record(hour * 3, *build, OUTCOMES[*outcome])).collect();
        let told = figures(&records);
        prop_assert!((told.succeeded + told.failed + told.without_verdict) as usize <= records.len());
        prop_assert!(told.restore_times.values <= told.failed as usize);
        prop_assert!(told.failure_rate.is_none_or(|rate| (0.0..=1.0).contains(&rate)));
        prop_assert!(told.period.since >= at(0) && told.period.since <= told.period.until);
        if !records.is_empty() {
            let by = shift % records.len();
            records.rotate_left(by);
        }
        prop_assert_eq!(figures(&records), told);
    }
}
