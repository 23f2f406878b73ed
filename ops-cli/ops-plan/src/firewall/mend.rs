//! From the rules of one group as they are to what they should be: what is missing is added before anything goes, and a
//! rule that is changed keeps its id.

use ops_model::ownership::NAME_TAG;
use ops_model::security_group::{Peer, Permission, SecurityGroupRule};

use super::continuity::stays_open;
use super::declared::{DeclaredGroup, DeclaredRule};
use super::traffic::Traffic;
use super::words::Names;

/// How one group is made what it should be, in this order.
#[derive(Debug, Default)]
pub(crate) struct Mending<'a> {
    pub(crate) add: Vec<&'a DeclaredRule>,
    pub(crate) change: Vec<(&'a SecurityGroupRule, &'a DeclaredRule)>,
    pub(crate) remove: Vec<&'a SecurityGroupRule>,
}

/// Rules that let through more than is declared.
pub(crate) fn excess<'a>(
    declared: &DeclaredGroup,
    allowed: &Traffic,
    live: &'a [SecurityGroupRule],
    names: &Names<'_>,
) -> Vec<&'a SecurityGroupRule> {
    // Whose group is not known yet may be one that the declaration names, until Terraform has told.
    let may_be_declared = |peer: &Peer| matches!(peer, Peer::Group(id) if names.group(id).is_none());
    live.iter()
        .filter(|rule| !Traffic::from(&rule.permission).is_within(allowed))
        .filter(|rule| !(declared.unmade && may_be_declared(&rule.permission.peer)))
        .collect()
}

/// `in_place`: rules may be changed; otherwise they are only added and removed.
pub(crate) fn mend<'a>(
    declared: &'a DeclaredGroup,
    live: &'a [SecurityGroupRule],
    excess: &[&'a SecurityGroupRule],
    in_place: bool,
) -> Mending<'a> {
    let stays = |rule: &&SecurityGroupRule| !excess.iter().any(|other| other.id == rule.id);
    let kept = Traffic::of(live.iter().filter(stays).map(|rule| &rule.permission));
    let missing = declared.rules.iter().filter(|rule| !Traffic::from(rule.permission()).is_within(&kept));
    let missing: Vec<_> = missing.collect();
    let mut pairs = if in_place { pairs(&missing, excess) } else { Vec::new() };
    loop {
        let unpaired =
            missing.iter().filter(|rule| !pairs.iter().any(|(_, other)| std::ptr::eq(*other, **rule))).copied();
        let add: Vec<_> = unpaired.collect();
        match in_order(declared, live, &add, pairs) {
            Ok(change) => {
                let unchanged = |rule: &&&SecurityGroupRule| !change.iter().any(|(other, _)| other.id == rule.id);
                let remove = excess.iter().filter(unchanged).copied().collect();
                return Mending { add, change, remove };
            }
            // What cannot be changed without closing something is added first and removed last.
            Err(left) => pairs = left,
        }
    }
}

type Pair<'a> = (&'a SecurityGroupRule, &'a DeclaredRule);

/// Whether a rule may become another one.
type Fits<'a> = dyn Fn(&SecurityGroupRule, &DeclaredRule) -> bool + 'a;

/// Which rule becomes which: the one that Terraform made for it, or one that overlaps with it.
fn pairs<'a>(missing: &[&'a DeclaredRule], excess: &[&'a SecurityGroupRule]) -> Vec<Pair<'a>> {
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    let is_made_for = |rule: &SecurityGroupRule, wanted: &DeclaredRule| {
        rule.tags.get(NAME_TAG).is_some_and(|name| *name == wanted.wanted.name)
    };
    let overlaps = |rule: &SecurityGroupRule, wanted: &DeclaredRule| {
        Traffic::from(&rule.permission).meets(&Traffic::from(wanted.permission()))
    };
    for fits in [&is_made_for as &Fits, &overlaps] {
        for wanted in missing {
            if pairs.iter().any(|(_, other)| std::ptr::eq(*other, *wanted)) {
                continue;
            }
            let free = excess.iter().filter(|rule| !pairs.iter().any(|(other, _)| other.id == rule.id));
            // EC2 modifies a rule neither to the other direction nor to another sort of peer.
            let alike = free.filter(|rule| {
                rule.permission.direction == wanted.permission().direction
                    && rule.permission.peer.is_like(&wanted.permission().peer)
            });
            let found = alike.filter(|rule| fits(rule, wanted)).copied().next();
            pairs.extend(found.map(|rule| (rule, *wanted)));
        }
    }
    pairs
}

/// The pairs in an order in which nothing that is declared and open is closed on the way; otherwise one pair fewer.
fn in_order<'a>(
    declared: &DeclaredGroup,
    live: &[SecurityGroupRule],
    add: &[&DeclaredRule],
    mut pairs: Vec<Pair<'a>>,
) -> Result<Vec<Pair<'a>>, Vec<Pair<'a>>> {
    let mut done: Vec<Pair<'a>> = Vec::new();
    while !pairs.is_empty() {
        let is_safe = |next: &Pair<'a>| {
            let changed = || done.iter().chain(std::iter::once(next));
            let unchanged = live.iter().filter(|rule| !changed().any(|(other, _)| other.id == rule.id));
            let then = unchanged
                .map(|rule| &rule.permission)
                .chain(changed().map(|(_, wanted)| wanted.permission()))
                .chain(add.iter().map(|rule| rule.permission()));
            stays_open(wanted(declared), live.iter().map(|rule| &rule.permission), then)
        };
        match pairs.iter().position(is_safe) {
            Some(place) => done.push(pairs.remove(place)),
            None => {
                pairs.pop();
                done.extend(pairs);
                return Err(done);
            }
        }
    }
    Ok(done)
}

/// Whether what is declared and open stays open when these rules go, and nothing is done before.
pub(crate) fn stays_open_without(
    declared: &DeclaredGroup,
    live: &[SecurityGroupRule],
    closing: &[&SecurityGroupRule],
) -> bool {
    let left = live.iter().filter(|rule| !closing.iter().any(|other| other.id == rule.id));
    let (before, after) = (live.iter().map(|rule| &rule.permission), left.map(|rule| &rule.permission));
    stays_open(wanted(declared), before, after)
}

fn wanted(declared: &DeclaredGroup) -> impl Iterator<Item = &Permission> {
    declared.rules.iter().map(DeclaredRule::permission)
}
