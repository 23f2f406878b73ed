//! Security groups: what they let through against what the firewall declares, as sets of connections, and the calls that
//! make the one the other.

mod at_once;
mod can;
mod continuity;
mod declared;
mod ending;
mod hole;
mod map;
mod mend;
mod traffic;
mod view;
mod words;

use std::collections::BTreeMap;

use ops_model::declaration::CloseHoles;
use ops_model::plan::{
    Act, Change, ChangeClass, Difference, FirewallAct, FirewallCall, FirewallStep, Gate, GroupStanding, Hole, Kind,
};
use ops_model::security_group::{Permission, SecurityGroupRule};

pub use at_once::at_once;
pub use can::{Answer, Party, Question, Side, Via, can};
pub use ending::{EndingException, ending};
pub use map::{Entry, EntryStanding, FirewallMap, GroupMap, GroupState, firewall_map};
pub use view::FirewallView;

use self::declared::{DeclaredGroup, DeclaredRule};
use self::mend::Mending;
use self::traffic::Traffic;
use self::words::Names;
use crate::Inputs;
use crate::change::of_calls;

/// What the plan says of the firewall.
#[derive(Debug, Default)]
pub(crate) struct Firewall {
    pub(crate) groups: BTreeMap<String, GroupStanding>,
    pub(crate) holes: Vec<Hole>,
    pub(crate) changes: Vec<Change>,
}

/// Every security group of the platform contract, and no other.
pub(crate) fn compare(inputs: Inputs<'_>, gates: &[Gate]) -> Firewall {
    let Inputs { environment, platform, observation, .. } = inputs;
    let mut found = Firewall::default();
    if observation.unread.contains_key(&Kind::Firewall) {
        return found;
    }
    let ids = &platform.security_groups;
    let declared = declared::groups(environment, ids, observation.today());
    let policy = Policy {
        close: environment.holes.close,
        // What Terraform is about to make it has to find unmade.
        terraform_behind: gates.iter().any(
            |gate| matches!(gate, Gate::TerraformBehind { paths } if paths.iter().any(|path| is_of_the_firewall(path))),
        ),
    };
    for (name, group) in &declared {
        let Some(group_id) = ids.get(name) else {
            found.groups.insert(name.clone(), GroupStanding::WaitsForTerraform);
            continue;
        };
        let Some(live) = observation.firewall.get(name) else {
            found.groups.insert(name.clone(), GroupStanding::Missing { group_id: group_id.clone() });
            continue;
        };
        let subject = Group { name, group_id, declared: group, live, names: &Names::of(ids) };
        let standing = subject.compare(&policy, &mut found);
        found.groups.insert(name.clone(), standing);
    }
    found
}

/// A call, what it removes the difference of, and what there is to say about it.
type Step = (FirewallStep, Difference, Vec<String>);

fn is_of_the_firewall(path: &str) -> bool {
    path.strip_prefix("firewall").is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

struct Policy {
    close: CloseHoles,
    /// Terraform has not been applied since the firewall's declaration changed.
    terraform_behind: bool,
}

struct Group<'a> {
    name: &'a str,
    group_id: &'a str,
    declared: &'a DeclaredGroup,
    live: &'a [SecurityGroupRule],
    names: &'a Names<'a>,
}

impl Group<'_> {
    fn compare(&self, policy: &Policy, found: &mut Firewall) -> GroupStanding {
        let Self { declared, live, names, .. } = self;
        let allowed = Traffic::of(declared.rules.iter().map(DeclaredRule::permission));
        let excess = mend::excess(declared, &allowed, live, names);
        let holes: Vec<_> = excess.iter().map(|rule| hole::of(self.name, rule, declared, &allowed, names)).collect();
        // What people close stays as it is, and counts for what it lets through.
        let closing = if policy.close == CloseHoles::Never { &[][..] } else { &excess };
        let mending = mend::mend(declared, live, closing, !policy.terraform_behind);
        let steps = self.steps(&mending, &holes, policy);
        let nothing_to_do = steps.is_empty();
        // What may still be in use closes when everything else is done.
        let (at_last, first): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| is_plain_closing(&step.0));
        for steps in [first, at_last] {
            found.changes.extend(self.change(steps));
        }
        let has_holes = !holes.is_empty();
        found.holes.extend(holes);
        match (nothing_to_do, has_holes) {
            (false, _) => GroupStanding::Changes,
            (true, true) => GroupStanding::Holes,
            (true, false) => GroupStanding::InSync,
        }
    }

    fn steps(&self, mending: &Mending<'_>, holes: &[Hole], policy: &Policy) -> Vec<Step> {
        let Mending { add, change, remove } = mending;
        let danger = |rule: &SecurityGroupRule| {
            let hole = holes.iter().find(|hole| hole.rule_id == rule.id && hole.dangerous);
            hole.map(|hole| hole.words.clone())
        };
        let dangerous: Vec<_> = remove.iter().copied().filter(|rule| danger(rule).is_some()).collect();
        let changes_close = change.iter().any(|(rule, _)| danger(rule).is_some());
        let needs_nothing = !changes_close && mend::stays_open_without(self.declared, self.live, &dangerous);
        let removes_at_once = policy.close == CloseHoles::AtOnce
            && (needs_nothing || !policy.terraform_behind)
            && holes.iter().any(|hole| hole.dangerous);
        // All that is added and changed comes first, and then nothing that is declared is closed by what goes.
        let mends_at_once = removes_at_once && !needs_nothing;
        let mut steps = Vec::new();
        for rule in add {
            let call = FirewallCall::Authorize { rule: rule.wanted.clone() };
            let difference = self.difference(rule.permission(), None, Some(rule.wanted.description.clone()));
            let step = FirewallStep { call, closes: None, at_once: mends_at_once };
            steps.push((step, difference, import_warning(rule).into_iter().collect()));
        }
        for (rule, wanted) in change {
            let closes = danger(rule);
            let call = FirewallCall::Modify { id: rule.id.clone(), rule: wanted.wanted.clone() };
            let live = format!("{} ({})", self.names.rule(&rule.permission), rule.id);
            let declared = self.names.rule(wanted.permission());
            let difference = self.difference(&rule.permission, Some(live), Some(declared));
            let step = FirewallStep { call, closes, at_once: mends_at_once };
            steps.push((step, difference, self.ended(rule)));
        }
        for rule in remove {
            let closes = danger(rule);
            let call = FirewallCall::Revoke { id: rule.id.clone(), direction: rule.permission.direction };
            let difference = self.difference(&rule.permission, Some(rule.id.clone()), None);
            let at_once = closes.is_some() && removes_at_once;
            steps.push((FirewallStep { call, closes, at_once }, difference, self.ended(rule)));
        }
        steps
    }

    fn difference(&self, permission: &Permission, live: Option<String>, declared: Option<String>) -> Difference {
        let path = format!("{}.{}", permission.direction, self.names.rule(permission));
        Difference { path, live, declared, class: ChangeClass::InPlace }
    }

    fn change(&self, steps: Vec<Step>) -> Option<Change> {
        if steps.is_empty() {
            return None;
        }
        let mut differences = Vec::new();
        let mut warnings: Vec<String> = Vec::new();
        let mut calls = Vec::new();
        for (step, difference, more) in steps {
            calls.push(step);
            differences.push(difference);
            warnings.extend(more.into_iter().filter(|one| !warnings.contains(one)).collect::<Vec<_>>());
        }
        let act = Act::Firewall(FirewallAct { group_id: self.group_id.to_owned(), steps: calls });
        Some(Change { warnings, ..of_calls(self.name, ChangeClass::InPlace, act, differences) })
    }

    /// What has to leave the declaration with the hole, or Terraform opens it again.
    fn ended(&self, rule: &SecurityGroupRule) -> Vec<String> {
        let meaning = Traffic::from(&rule.permission);
        let ended = self.declared.ended.iter().filter(|ended| Traffic::from(ended.permission()).meets(&meaning));
        let warnings = ended.filter_map(|ended| {
            let until = ended.until?;
            let name = &ended.wanted.name;
            Some(format!("the exception `{name}` ended with {until}: take it out of the declaration as well"))
        });
        warnings.collect()
    }
}

/// A rule of ops's that Terraform would make once more.
fn import_warning(rule: &DeclaredRule) -> Option<String> {
    let address = rule.wanted.terraform.as_ref()?;
    let name = &rule.wanted.name;
    Some(format!(
        "Terraform does not know the new rule `{name}` before `terraform import '{address}' <id of the rule>`"
    ))
}

/// Nothing but a hole that nobody is in danger by.
fn is_plain_closing(step: &FirewallStep) -> bool {
    matches!(step.call, FirewallCall::Revoke { .. }) && step.closes.is_none()
}

/// Whether all that a change does is such.
pub(crate) fn closes_plainly(act: &FirewallAct) -> bool {
    act.steps.iter().all(is_plain_closing)
}
