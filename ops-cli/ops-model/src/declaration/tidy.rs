//! Puts the faults of one file in order and takes out what nobody needs or may read.

use std::collections::BTreeSet;
use std::ops::Range;

use super::fault::{Fault, MOST_FAULTS};
use super::rules::PLAIN_SECRET;
use crate::blotter::{BLOT, TextBlotter};

/// Sorts faults by place; leaves each in once, and only the one that matters where several are about one value. At most
/// [`MOST_FAULTS`].
pub(super) fn tidy(mut faults: Vec<Fault>, text: &str, secrets: &[Range<usize>]) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.span.as_ref().map_or((0, 0), |span| (span.start, span.end)));
    let blotter = Blotter::new(text, secrets);
    let mut kept: Vec<Fault> = Vec::new();
    for of_one_place in faults.chunk_by(|one, other| one.span == other.span) {
        let begins = kept.len();
        for fault in of_one_place {
            if kept.len() == MOST_FAULTS {
                return kept;
            }
            let outranked = fault.span.is_some() && of_one_place.iter().any(|other| outranks(other, fault));
            let fault = without_control_characters(blotter.blot(fault.clone()));
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

/// Blots out the secrets of a file in what is said of it.
pub(super) struct Blotter<'a> {
    text: &'a str,
    secrets: &'a [Range<usize>],
    long: TextBlotter,
}

/// Shorter ones would blot out letters all over the message; a fault about one shows nothing of it.
const LONG: usize = 4;

impl<'a> Blotter<'a> {
    pub(super) fn new(text: &'a str, secrets: &'a [Range<usize>]) -> Self {
        let long = secrets.iter().map(|secret| bare(text, secret)).filter(|bare| bare.len() >= LONG);
        Self { text, secrets, long: TextBlotter::new(long.collect::<BTreeSet<&str>>()) }
    }

    pub(super) fn blot(&self, mut fault: Fault) -> Fault {
        let about_it = |secret: &&Range<usize>| {
            fault.span.as_ref().is_some_and(|span| secret.start < span.end && span.start < secret.end)
        };
        let short = self.secrets.iter().filter(about_it).map(|secret| bare(self.text, secret));
        let short: Vec<&str> = short.filter(|bare| !bare.is_empty()).collect();
        let blot = |said: &str| short.iter().fold(self.long.blot(said), |said, secret| said.replace(secret, BLOT));
        fault.message = blot(&fault.message);
        fault.label = blot(&fault.label);
        fault.remedy = fault.remedy.as_deref().map(blot);
        fault
    }
}

/// A value without its quotes.
fn bare<'a>(text: &'a str, value: &Range<usize>) -> &'a str {
    text.get(value.clone()).unwrap_or_default().trim_matches(['"', '\''])
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
