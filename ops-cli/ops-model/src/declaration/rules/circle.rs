//! Things that wait for each other in a circle, and so for ever.

use std::collections::BTreeMap;

/// What each thing waits for, by name. Itself, and what is no thing, does not count.
pub(super) type Waits<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// Circles, each as the names along it until the first comes again, so that none is left when they are taken away.
pub(super) fn all(mut left: Waits<'_>) -> Vec<Vec<&str>> {
    let mut circles = Vec::new();
    loop {
        remove_free(&mut left);
        let Some((first, _)) = left.first_key_value() else { return circles };
        let circle = circle_from(first, &left);
        left.retain(|name, _| !circle.contains(name));
        circles.push(circle);
    }
}

/// Takes away what waits for nothing that is left, until nothing moves; all that stays leads into circles.
fn remove_free(left: &mut Waits<'_>) {
    loop {
        let free: Vec<&str> = left.keys().copied().filter(|name| next(name, left).is_none()).collect();
        if free.is_empty() {
            return;
        }
        left.retain(|name, _| !free.contains(name));
    }
}

/// The first of what is left that something waits for, itself aside.
fn next<'a>(name: &str, left: &Waits<'a>) -> Option<&'a str> {
    left.get(name)?.iter().copied().find(|other| *other != name && left.contains_key(other))
}

/// Goes from one to the next until one comes again: that one, and the way back to it.
fn circle_from<'a>(first: &'a str, left: &Waits<'a>) -> Vec<&'a str> {
    let mut way = vec![first];
    while let Some(following) = way.last().and_then(|name| next(name, left)) {
        let seen = way.iter().position(|name| *name == following);
        way.push(following);
        if let Some(seen) = seen {
            return way.split_off(seen);
        }
    }
    way
}
