//! Gates that an environment declares for itself: when it is not the moment to deploy, and what a build needs first.
//!
//! They are about the moment and not about what would be changed. So they are no part of [`crate::plan`]: a plan that was
//! kept on Friday evening is the same when it is carried out on Monday.

mod soak;
mod window;

use jiff::Timestamp;
use ops_model::declaration::{Environment, Freeze};
use ops_model::plan::{ChangeClass, Gate, Plan};

pub use soak::{brought, unsoaked};

/// Whether a plan does anything that these gates are there to hold. What is under way already is followed to its end.
#[must_use]
pub fn deploys(plan: &Plan) -> bool {
    plan.changes().any(|change| change.class != ChangeClass::UnderWay)
}

/// What the clock says.
#[must_use]
pub fn by_the_clock(environment: &Environment, now: Timestamp) -> Vec<Gate> {
    let gates = &environment.gates;
    let freeze = gates.freeze.as_ref().and_then(|freeze| frozen(freeze, now));
    freeze.into_iter().chain(window::closed(&gates.windows, now)).collect()
}

fn frozen(freeze: &Freeze, now: Timestamp) -> Option<Gate> {
    let Freeze { reason, from, until } = freeze;
    let has_begun = from.is_none_or(|from| from <= now);
    (has_begun && now < *until).then(|| Gate::Freeze { reason: reason.clone(), until: *until })
}
