use std::collections::BTreeMap;

use jiff::civil::Date;
use ops_model::plan::Hole;
use ops_model::security_group::Direction;

use super::declared::{DeclaredGroup, DeclaredRule};
use super::ending::EndingException;
use super::traffic::Traffic;
use super::view::FirewallView;
use super::words::{self, Names};
use super::{hole, mend};

/// Who may reach whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirewallMap {
    /// By name.
    pub groups: BTreeMap<String, GroupMap>,
    /// The next one first.
    pub ending: Vec<EndingException>,
}

/// What one group lets in and out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMap {
    /// Id in AWS, once Terraform has made it.
    pub group_id: Option<String>,
    pub state: GroupState,
    /// Declared ones first, in their order.
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupState {
    /// AWS was not looked at.
    NotLooked,
    /// Read from AWS.
    Read,
    /// In the platform contract, and not in AWS.
    Missing,
    /// Declared, and not yet made by Terraform.
    WaitsForTerraform,
}

/// One way in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub direction: Direction,
    /// Who is at the other end, as the declaration would name it.
    pub peer: String,
    /// Such as `MySQL (3306)`.
    pub ports: String,
    pub reason: Option<String>,
    /// Last day of an exception.
    pub until: Option<Date>,
    pub standing: EntryStanding,
    /// Rules in AWS that let it through.
    pub rule_ids: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryStanding {
    /// AWS was not looked at.
    Declared,
    /// Declared and open.
    Open,
    /// Declared, and not open, or not all of it.
    Closed,
    /// An exception that has ended. What is left of it is a hole of its own.
    Ended,
    /// Open beyond the declaration.
    Hole(Hole),
}

/// The map of what is declared and, where AWS was looked at, of what is there beside it.
#[must_use]
pub fn firewall_map(view: &FirewallView) -> FirewallMap {
    let groups = view.declared.iter().map(|(name, declared)| (name.clone(), group(view, name, declared)));
    FirewallMap { groups: groups.collect(), ending: view.ending.clone() }
}

fn group(view: &FirewallView, name: &str, declared: &DeclaredGroup) -> GroupMap {
    let live = view.live.as_ref().and_then(|live| live.get(name));
    let state = match (&view.live, view.ids.contains_key(name), live) {
        (None, _, _) => GroupState::NotLooked,
        (Some(_), false, _) => GroupState::WaitsForTerraform,
        (Some(_), true, None) => GroupState::Missing,
        (Some(_), true, Some(_)) => GroupState::Read,
    };
    let names = Names::of(&view.ids);
    let rules = live.map_or(&[][..], Vec::as_slice);
    let open = Traffic::of(rules.iter().map(|rule| &rule.permission));
    let entry = |rule: &DeclaredRule, ended: bool| {
        let meaning = Traffic::from(rule.permission());
        let standing = match state {
            _ if ended => EntryStanding::Ended,
            GroupState::NotLooked => EntryStanding::Declared,
            _ if meaning.is_within(&open) => EntryStanding::Open,
            _ => EntryStanding::Closed,
        };
        let by = rules.iter().filter(|other| !ended && Traffic::from(&other.permission).meets(&meaning));
        Entry {
            direction: rule.permission().direction,
            peer: names.short(&rule.permission().peer),
            ports: words::ports(&meaning, Some(name)),
            reason: rule.reason.clone(),
            until: rule.until,
            standing,
            rule_ids: by.map(|rule| rule.id.clone()).collect(),
        }
    };
    let allowed = Traffic::of(declared.rules.iter().map(DeclaredRule::permission));
    let holes = mend::excess(declared, &allowed, rules, &names).into_iter().map(|rule| {
        let hole = hole::of(name, rule, declared, &allowed, &names);
        let beyond = Traffic::from(&rule.permission).without(&allowed);
        Entry {
            direction: rule.permission.direction,
            peer: names.short(&rule.permission.peer),
            ports: words::ports(&beyond, Some(name)),
            reason: None,
            until: None,
            standing: EntryStanding::Hole(hole),
            rule_ids: vec![rule.id.clone()],
        }
    });
    let declared_entries = declared.rules.iter().map(|rule| entry(rule, false));
    let ended = declared.ended.iter().map(|rule| entry(rule, true));
    GroupMap {
        group_id: view.live.as_ref().and_then(|_| view.ids.get(name)).cloned(),
        state,
        entries: declared_entries.chain(ended).chain(holes).collect(),
    }
}
