use ops_model::plan::Hole;
use ops_model::security_group::Direction;
use ops_plan::firewall::{
    Answer, EndingException, Entry, EntryStanding, FirewallMap, GroupMap, GroupState, Party, Question, Side, Via,
};
use owo_colors::OwoColorize as _;

use super::table::table;

/// Two tables, in and out, and every hole in a sentence.
pub(crate) fn firewall_map(map: &FirewallMap) -> String {
    let mut text = String::new();
    for direction in [Direction::Ingress, Direction::Egress] {
        let title = match direction {
            Direction::Ingress => "Who may come in",
            Direction::Egress => "Who may go out",
        };
        let heading = ["FROM", "TO", "ON", "WHY", "UNTIL", "AWS"].map(str::to_owned).to_vec();
        let groups = map.groups.iter();
        let rows = groups.flat_map(|(name, group)| {
            let entries = group.entries.iter().filter(|entry| entry.direction == direction);
            entries.map(move |entry| row(name, group, entry))
        });
        let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
        text.push_str(&format!("{}\n{}\n", title.bold(), table(&rows)));
    }
    for (name, group) in &map.groups {
        text.push_str(&notes(name, group));
    }
    text.push_str(&ending_exceptions(&map.ending));
    text
}

/// A note for each exception that ends soon.
pub(crate) fn ending_exceptions(ending: &[EndingException]) -> String {
    ending.iter().map(|exception| format!("{} {exception}\n", "note:".cyan())).collect()
}

fn row(name: &str, group: &GroupMap, entry: &Entry) -> Vec<String> {
    let Entry { direction, peer, ports, reason, until, standing, rule_ids: _ } = entry;
    let (from, to) = match direction {
        Direction::Ingress => (peer.clone(), name.to_owned()),
        Direction::Egress => (name.to_owned(), peer.clone()),
    };
    let live = match (group.state, standing) {
        (_, EntryStanding::Hole(hole)) if hole.dangerous => "DANGEROUS HOLE",
        (_, EntryStanding::Hole(_)) => "HOLE",
        (_, EntryStanding::Ended) => "ended",
        (GroupState::NotLooked, _) => "not looked at",
        (GroupState::Missing, _) => "no such group",
        (GroupState::WaitsForTerraform, _) => "waits for Terraform",
        (GroupState::Read, EntryStanding::Closed) => "CLOSED",
        (GroupState::Read, EntryStanding::Open | EntryStanding::Declared) => "open",
    };
    let none = || "-".to_owned();
    let until = until.map_or_else(none, |until| until.to_string());
    vec![from, to, ports.clone(), reason.clone().unwrap_or_else(none), until, live.to_owned()]
}

fn notes(name: &str, group: &GroupMap) -> String {
    let mut text = String::new();
    for entry in &group.entries {
        match &entry.standing {
            EntryStanding::Hole(hole) => text.push_str(&hole_line(hole)),
            EntryStanding::Closed if group.state == GroupState::Read => {
                let way = match entry.direction {
                    Direction::Ingress => format!("{} cannot reach {} on {name}", entry.peer, entry.ports),
                    Direction::Egress => format!("{name} cannot reach {} on {}", entry.ports, entry.peer),
                };
                text.push_str(&format!("{} {way}, or not all of it\n", "closed:".yellow().bold()));
            }
            _ => {}
        }
    }
    if let (GroupState::Missing, Some(id)) = (group.state, &group.group_id) {
        text.push_str(&format!("{} {}\n", "note:".cyan(), missing_group(name, id)));
    }
    text
}

/// A hole in a sentence.
pub(crate) fn hole_line(hole: &Hole) -> String {
    let what = if hole.dangerous { "dangerous hole:".red().bold().to_string() } else { "hole:".yellow().to_string() };
    format!("{what} {} ({})\n", hole.words, hole.rule_id)
}

/// A group of the contract that somebody deleted.
pub(crate) fn missing_group(name: &str, group_id: &str) -> String {
    format!("the security group {group_id} of {name} is not there: `terraform apply` makes it anew")
}

/// Yes or no, and why.
pub(crate) fn firewall_answer(question: &Question, answer: &Answer) -> String {
    let Answer { allowed, egress, ingress } = answer;
    let verdict = if *allowed { "yes".green().bold().to_string() } else { "no".red().bold().to_string() };
    let can = if *allowed { "can" } else { "cannot" };
    let Question { from, to, port, protocol } = question;
    let mut text = format!("{verdict}: {} {can} reach {} on {protocol} {port}\n", party(from), party(to));
    for side in egress.iter().chain(ingress) {
        text.push_str(&side_lines(side, question));
    }
    text
}

pub(crate) fn party(party: &Party) -> String {
    match party {
        Party::Group(name) => name.clone(),
        Party::Internet => "internet".to_owned(),
        Party::Address(address) => address.to_string(),
    }
}

fn side_lines(side: &Side, question: &Question) -> String {
    let Side { group, direction, allowed, by, unknown } = side;
    let (verb, other) = match direction {
        Direction::Egress => (format!("{group} lets out to"), party(&question.to)),
        Direction::Ingress => (format!("{group} lets in"), party(&question.from)),
    };
    let mut text = match (allowed, by.is_empty()) {
        (true, _) => format!("  {verb} {other}:\n"),
        (false, true) => format!("  {verb} {other}: no rule does\n"),
        (false, false) => format!("  {verb} {other}: not all of it, only a part:\n"),
    };
    by.iter().for_each(|rule| text.push_str(&via_line(rule)));
    if !allowed && !unknown.is_empty() {
        text.push_str("  unless it is in a prefix list, which nobody looked into:\n");
        unknown.iter().for_each(|rule| text.push_str(&via_line(rule)));
    }
    text
}

fn via_line(via: &Via) -> String {
    let Via { rule, id, declared, reason, until } = via;
    let id = id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let until = until.map(|until| format!(", until {until}")).unwrap_or_default();
    let undeclared = if *declared { "" } else { ", which goes beyond the declaration" };
    format!("    {rule}{id}{reason}{until}{undeclared}\n")
}
