//! A change as most are: nothing to explain and nothing to warn of.

use ops_model::plan::{Act, Change, ChangeClass, Difference};

/// Seconds that calls may take whose effect nobody waits for.
const CALLS_SECONDS: u32 = 60;

pub(crate) fn change(name: &str, class: ChangeClass, act: Act, timeout_seconds: u32) -> Change {
    Change {
        name: name.to_owned(),
        class,
        act,
        differences: Vec::new(),
        timeout_seconds,
        reasons: Vec::new(),
        warnings: Vec::new(),
    }
}

/// A change that is done when its calls are.
pub(crate) fn of_calls(name: &str, class: ChangeClass, act: Act, mut differences: Vec<Difference>) -> Change {
    differences.sort();
    Change { differences, ..change(name, class, act, CALLS_SECONDS) }
}
