//! One thing after the other that happens to an environment.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, prop_oneof};

use crate::class::Class;
use crate::drawn::{Change, Drawn, change, drawn_of};
use crate::edit::{Edit, edit_of};
use crate::images::{BAD, GOOD, UNVERIFIED};
use crate::trouble::{Trouble, trouble};

/// A whole trial, as it was drawn.
#[derive(Debug, Clone)]
pub(crate) struct Rounds {
    pub(crate) first: Drawn,
    /// Whether nothing is in the way of the first deployment.
    pub(crate) begins_well: bool,
    pub(crate) rounds: Vec<Round>,
    /// The build that is pushed in the end, if a bad one is declared by then.
    pub(crate) good: char,
}

/// What comes before a reconcile, what happens during it, and how it ends.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    pub(crate) push: Option<Change>,
    /// Somebody puts the rules of the firewall back as they were before the push, so that ops has to bring the new ones.
    pub(crate) rules_as_before: bool,
    pub(crate) by_hand: Vec<Edit>,
    pub(crate) troubles: Vec<Trouble>,
    /// Somebody meddles so long after it began.
    pub(crate) meanwhile: Option<(Duration, Edit)>,
    pub(crate) how: How,
    pub(crate) allow_deletions: bool,
    pub(crate) verify_again: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum How {
    ToTheEnd,
    /// `kill -9` after so many calls.
    Killed(u32),
    /// Ctrl-C after so long.
    Interrupted(Duration),
    /// A second one so long after the first, which waits for it or not.
    TwoAtOnce {
        after: Duration,
        patient: bool,
    },
}

pub(crate) fn rounds(class: Class) -> BoxedStrategy<Rounds> {
    let good = proptest::sample::select(GOOD.to_vec());
    (drawn_of(class), proptest::bool::weighted(0.8), vec(round(class), 1..5), good)
        .prop_map(|(first, begins_well, rounds, good)| Rounds { first, begins_well, rounds, good })
        .boxed()
}

fn round(class: Class) -> impl Strategy<Value = Round> {
    let mut builds = [GOOD, GOOD, BAD].concat();
    if class.has(Class::Scenarios) {
        builds.extend([UNVERIFIED, UNVERIFIED].concat());
    }
    let push = option::weighted(0.7, change(drawn_of(class), builds));
    let edits = prop_oneof![2 => vec(edit_of(class), 0..1), 1 => vec(edit_of(class), 1..5)];
    let troubles = prop_oneof![2 => vec(trouble(), 0..1), 1 => vec(trouble(), 1..4)];
    let meanwhile = option::weighted(0.15, ((0_u64..60_000).prop_map(Duration::from_millis), edit_of(class)));
    let how = prop_oneof![
        5 => Just(How::ToTheEnd),
        2 => (0_u32..40).prop_map(How::Killed),
        1 => (40_u32..200).prop_map(How::Killed),
        1 => (0_u64..60_000).prop_map(|millis| How::Interrupted(Duration::from_millis(millis))),
        2 => ((0_u64..40_000), proptest::bool::ANY)
            .prop_map(|(millis, patient)| How::TwoAtOnce { after: Duration::from_millis(millis), patient }),
    ];
    let leave = (proptest::bool::ANY, proptest::bool::weighted(0.2));
    let rules_as_before =
        if class.has(Class::Firewall) { proptest::bool::weighted(0.5).boxed() } else { Just(false).boxed() };
    (push, rules_as_before, edits, troubles, meanwhile, how, leave).prop_map(
        |(push, rules_as_before, by_hand, troubles, meanwhile, how, (allow_deletions, verify_again))| Round {
            push,
            rules_as_before,
            by_hand,
            troubles,
            meanwhile,
            how,
            allow_deletions,
            verify_again,
        },
    )
}
