//! Leave to destroy, and to pass a gate. What a slip of the pen must not do needs one, and only a person's word makes one.

use ops_model::plan::{Gate, GateOverride, OverridableGate, Plan, SiteGate};
use ops_model::saved_plan::SavedPlan;

/// What a person lets a reconcile do. There are three ways to have one: to let nothing special, a flag for each, and a
/// plan that was approved as it is. Any of them may override gates of the environment besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Permission {
    deletions: bool,
    replacements: bool,
    overridden: Vec<OverridableGate>,
    /// Why.
    reason: String,
}

impl Permission {
    /// `deletions`: more may go than the deletion breaker lets through. `replacements`: services may be deleted and created
    /// anew, which serve nothing meanwhile.
    #[must_use]
    pub fn from_flags(deletions: bool, replacements: bool) -> Self {
        Self { deletions, replacements, ..Self::default() }
    }

    /// Who approved the plan has seen what it deletes and replaces.
    #[must_use]
    pub fn from_approved(saved: &SavedPlan) -> Self {
        let gates = &saved.plan.gates;
        Self {
            deletions: gates.iter().any(is_about_deletions),
            replacements: gates.iter().any(|gate| matches!(gate, Gate::Replacement { .. })),
            ..Self::default()
        }
    }

    /// The same, and these gates do not hold either, for a reason that is kept in the record.
    #[must_use]
    pub fn overriding(self, mut gates: Vec<OverridableGate>, reason: String) -> Self {
        gates.sort_unstable();
        gates.dedup();
        Self { overridden: gates, reason, ..self }
    }

    /// Whether the gate does not hold whoever has the permission.
    #[must_use]
    pub fn opens(&self, gate: &Gate) -> bool {
        match gate {
            Gate::Replacement { .. } => self.replacements,
            gate if is_about_deletions(gate) => self.deletions,
            gate => OverridableGate::of(gate).is_some_and(|gate| self.overridden.contains(&gate)),
        }
    }

    /// What is overridden, and which of it would hold the plan otherwise: of these gates, as they stand before any is opened.
    pub(crate) fn overrides(&self, gates: &[Gate]) -> Vec<GateOverride> {
        let holds = |wanted: OverridableGate| gates.iter().any(|gate| OverridableGate::of(gate) == Some(wanted));
        let overrides = self.overridden.iter().map(|&gate| {
            let reason = self.reason.clone();
            GateOverride { gate, reason, held: holds(gate) }
        });
        overrides.collect()
    }

    /// What may be destroyed by this plan, as its gates stand before any is opened.
    pub(crate) fn permits(&self, plan: &Plan) -> Permits {
        let within_breaker = !plan.gates.iter().any(is_about_deletions);
        Permits {
            deletion: (within_breaker || self.deletions).then_some(Destruction(())),
            replacement: self.replacements.then_some(Destruction(())),
        }
    }
}

fn is_about_deletions(gate: &Gate) -> bool {
    matches!(gate, Gate::Deletions { .. } | Gate::Site { reason: SiteGate::ForeignObjects { .. }, .. })
}

/// What deletes a service asks for. Nothing outside this module can make one.
#[derive(Debug)]
pub(crate) struct Destruction(());

/// What a reconcile may destroy.
#[derive(Debug, Default)]
pub(crate) struct Permits {
    pub(crate) deletion: Option<Destruction>,
    pub(crate) replacement: Option<Destruction>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn plan(gates: Vec<Gate>) -> Plan {
        Plan {
            environment: "dev".to_owned(),
            services: BTreeMap::new(),
            tasks: BTreeMap::new(),
            firewall: BTreeMap::new(),
            holes: Vec::new(),
            sites: BTreeMap::new(),
            waves: Vec::new(),
            gates,
            terraform_behind: Vec::new(),
            unread: BTreeMap::new(),
            left_out: Vec::new(),
        }
    }

    #[test]
    fn nothing_but_its_own_word_opens_a_gate() {
        let deletions = Gate::Deletions { services: vec!["api".to_owned()], owned: 1 };
        let replacement = Gate::Replacement { service: "api".to_owned(), paths: Vec::new() };
        let other = Gate::Refused { service: "api".to_owned(), paths: Vec::new(), why: Vec::new() };
        let gates = [&deletions, &replacement, &other];
        let opened = |permission: Permission| gates.map(|gate| permission.opens(gate));
        assert_eq!(opened(Permission::default()), [false, false, false]);
        assert_eq!(opened(Permission::from_flags(true, false)), [true, false, false]);
        assert_eq!(opened(Permission::from_flags(false, true)), [false, true, false]);
    }

    #[test]
    fn an_override_opens_the_gates_that_it_names_and_says_which_held() {
        let freeze = Gate::Freeze { reason: "holidays".to_owned(), until: jiff::Timestamp::UNIX_EPOCH };
        let alarms = Gate::Alarms { alarms: Vec::new() };
        let behind = Gate::TerraformBehind { paths: vec!["network".to_owned()] };
        let gates = [freeze, alarms, behind];
        let overridden = vec![OverridableGate::Windows, OverridableGate::Freeze, OverridableGate::Freeze];
        let permission = Permission::default().overriding(overridden, "a fix".to_owned());
        assert_eq!(gates.each_ref().map(|gate| permission.opens(gate)), [true, false, false]);
        let said: Vec<_> = permission.overrides(&gates).into_iter().map(|it| (it.gate, it.held)).collect();
        assert_eq!(said, [(OverridableGate::Freeze, true), (OverridableGate::Windows, false)]);
        let all = Permission::from_flags(true, true).overriding(OverridableGate::ALL.to_vec(), "a fix".to_owned());
        assert_eq!(gates.each_ref().map(|gate| all.opens(gate)), [true, true, false], "the truth cannot be overridden");
    }

    #[test]
    fn only_the_breaker_or_a_person_permits_a_deletion() {
        let permitted = |permission: Permission, gates: Vec<Gate>| {
            let permits = permission.permits(&plan(gates));
            (permits.deletion.is_some(), permits.replacement.is_some())
        };
        let tripped = || vec![Gate::Deletions { services: vec!["api".to_owned()], owned: 1 }];
        assert_eq!(permitted(Permission::default(), Vec::new()), (true, false));
        assert_eq!(permitted(Permission::default(), tripped()), (false, false));
        assert_eq!(permitted(Permission::from_flags(true, true), tripped()), (true, true));
    }
}
