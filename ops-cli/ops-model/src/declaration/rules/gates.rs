use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::{Subject, time_zone};
use crate::declaration::document::Node;
use crate::declaration::{ClockTime, Fault};

const CODE: &str = "declaration::gates";

/// A freeze ends after it begins, a window lasts some time in a zone that there is, and a build comes from elsewhere.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let Some(gates) = subject.document.get("gates") else { return };
    if let Some(freeze) = gates.get("freeze") {
        check_freeze(subject, freeze, faults);
    }
    let zones = TimeZoneDatabase::bundled();
    for (index, window) in gates.get("windows").map_or(&[][..], Node::items).iter().enumerate() {
        faults.extend(lasting(subject, index, window));
        faults.extend(time_zone::check(subject, &format!("item {index} of `windows`"), window, &zones));
    }
    faults.extend(gates.get("promotion").and_then(|promotion| from_elsewhere(subject, promotion)));
}

fn check_freeze(subject: &Subject<'_>, freeze: &Node, faults: &mut Vec<Fault>) {
    let moment = |key: &str| {
        let node = freeze.get(key)?;
        // What is no moment at all, the schema says.
        let text = node.text().filter(|text| looks_like_a_moment(text))?;
        Some((node, text.parse::<Timestamp>().ok()))
    };
    let (from, until) = (moment("from"), moment("until"));
    for (node, _) in from.iter().chain(&until).filter(|(_, moment)| moment.is_none()) {
        faults.push(
            subject
                .fault(CODE, "the freeze names a moment that there is not")
                .at(&node.span, "no such moment")
                .remedy("write a day of the calendar, a time and its offset from UTC: \"2026-12-23T18:00:00+09:00\""),
        );
    }
    if let (Some((_, Some(from))), Some((node, Some(until)))) = (from, until)
        && until <= from
    {
        faults.push(
            subject
                .fault(CODE, "the freeze is over before it begins")
                .at(&node.span, "not after `from`")
                .remedy(format!("write a moment after {from}, or leave `from` out: the freeze begins at once then")),
        );
    }
}

fn looks_like_a_moment(text: &str) -> bool {
    let signs = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    signs.iter().all(|(at, sign)| text.as_bytes().get(*at) == Some(sign))
}

fn lasting(subject: &Subject<'_>, index: usize, window: &Node) -> Option<Fault> {
    let time = |key: &str| {
        let node = window.get(key)?;
        Some((node, ClockTime::parse(node.text()?)?))
    };
    let ((first, from), (last, to)) = (time("from")?, time("to")?);
    if from.civil().is_none() {
        let fault = subject.fault(CODE, format!("item {index} of `windows` begins when the day is over"));
        return Some(fault.at(&first.span, "the end of the day").remedy("write \"00:00\", and the day after it"));
    }
    (from == to).then(|| {
        subject
            .fault(CODE, format!("item {index} of `windows` is over when it begins"))
            .at(&last.span, "the same as `from`")
            .remedy("write another time; \"00:00\" to \"24:00\" is a whole day")
    })
}

fn from_elsewhere(subject: &Subject<'_>, promotion: &Node) -> Option<Fault> {
    let node = promotion.get("from")?;
    (node.text()? == subject.folder).then(|| {
        subject
            .fault(CODE, format!("builds of `{}` cannot be promoted from itself", subject.folder))
            .at(&node.span, "this environment")
            .remedy("name the environment that a build runs in before it comes here")
    })
}
