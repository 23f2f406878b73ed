//! Puts the faults of one file in order and takes out what nobody needs or may read.

use std::ops::Range;

use super::fault::{Fault, MOST_FAULTS};
use super::rules::PLAIN_SECRET;

/// Sorts faults by place; leaves each in once, and only the one that matters where several are about one value. At most
/// [`MOST_FAULTS`].
pub(super) fn tidy(mut faults: Vec<Fault>, text: &str, secrets: &[Range<usize>]) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.span.as_ref().map_or((0, 0), |span| (span.start, span.end)));
    let mut kept: Vec<Fault> = Vec::new();
    for of_one_place in faults.chunk_by(|one, other| one.span == other.span) {
        let begins = kept.len();
        for fault in of_one_place {
            if kept.len() == MOST_FAULTS {
                return kept;
            }
            let outranked = fault.span.is_some() && of_one_place.iter().any(|other| outranks(other, fault));
            let fault = without_control_characters(without_secrets(fault.clone(), text, secrets));
            if !outranked && !kept.get(begins..).unwrap_or_default().contains(&fault) {
                kept.push(fault);
            }
        }
    }
    kept
}

/// A secret has to leave anyway, whatever its form; a value that must be text is not also an ambiguous one.
fn outranks(fault: &Fault, other: &Fault) -> bool {
    let about_form =
        matches!(other.code, "declaration::wrong_form" | "declaration::wrong_type" | "declaration::ambiguous_value");
    (fault.code == PLAIN_SECRET && (about_form || other.code == "declaration::repetition"))
        || (fault.code == "declaration::wrong_type" && other.code == "declaration::not_an_option")
        || (fault.code == "declaration::not_an_option" && other.code == "declaration::out_of_bounds")
        || (fault.code == "declaration::out_of_bounds" && other.code == "declaration::unreachable_service")
        || (fault.code == "declaration::wrong_type" && other.code == "declaration::ambiguous_value")
}

/// Blots out every secret of the file in what a fault says.
pub(super) fn without_secrets(mut fault: Fault, text: &str, secrets: &[Range<usize>]) -> Fault {
    for secret in secrets {
        let written = text.get(secret.clone()).unwrap_or_default();
        let bare = written.trim_matches(['"', '\'']);
        // Shorter ones would blot out letters all over the message; a fault about one shows nothing of it.
        let about_it = fault.span.as_ref().is_some_and(|span| secret.start < span.end && span.start < secret.end);
        if bare.is_empty() || (bare.len() < 4 && !about_it) {
            continue;
        }
        let blot = |said: &str| said.replace(bare, "***");
        fault.message = blot(&fault.message);
        fault.label = blot(&fault.label);
        fault.remedy = fault.remedy.as_deref().map(blot);
    }
    fault
}

/// What a file says must not reach a terminal as a command to it.
fn without_control_characters(mut fault: Fault) -> Fault {
    let plain = |said: &str| -> String {
        said.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
    };
    fault.message = plain(&fault.message);
    fault.label = plain(&fault.label);
    fault.remedy = fault.remedy.as_deref().map(plain);
    fault
}
