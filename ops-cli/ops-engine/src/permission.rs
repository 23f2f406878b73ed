//! Leave to destroy. What a slip of the pen must not do needs one, and only a person's word makes one.

use ops_model::plan::{Gate, Plan, SiteGate};
use ops_model::saved_plan::SavedPlan;

/// What a person lets a reconcile do. There are three ways to have one: to let nothing special, a flag for each, and a
/// plan that was approved as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permission {
    deletions: bool,
    replacements: bool,
}

impl Permission {
    /// `deletions`: more may go than the deletion breaker lets through. `replacements`: services may be deleted and created
    /// anew, which serve nothing meanwhile.
    #[must_use]
    pub fn from_flags(deletions: bool, replacements: bool) -> Self {
        Self { deletions, replacements }
    }

    /// Who approved the plan has seen what it deletes and replaces.
    #[must_use]
    pub fn from_approved(saved: &SavedPlan) -> Self {
        let gates = &saved.plan.gates;
        Self {
            deletions: gates.iter().any(is_about_deletions),
            replacements: gates.iter().any(|gate| matches!(gate, Gate::Replacement { .. })),
        }
    }

    pub(crate) fn opens(self, gate: &Gate) -> bool {
        match gate {
            Gate::Replacement { .. } => self.replacements,
            gate => self.deletions && is_about_deletions(gate),
        }
    }

    /// What may be destroyed by this plan, as its gates stand before any is opened.
    pub(crate) fn permits(self, plan: &Plan) -> Permits {
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
