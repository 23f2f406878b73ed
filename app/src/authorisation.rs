//! Who may do what: the one place that decides it.

use crate::identity::{Grant, Place, Role};

/// What an endpoint does, as far as it matters who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// See how an environment is, what was deployed there, and what keeps it as it is.
    ReadEnvironment,
    /// Tell how an environment is and what was deployed there.
    ReportEnvironment,
    /// Ask for a build in an environment, or take that back.
    Promote,
    /// Agree with what somebody else asks for.
    Approve,
    /// Keep an environment as it is, or a build out of it.
    Restrain,
    /// Let changes in again.
    LiftRestraint,
    /// See what was built and uploaded.
    ReadBuilds,
    /// Tell of a build; bring files.
    SubmitBuild,
    /// See, invite, change and remove users.
    ManageUsers,
    /// See what anybody has done.
    ReadAudit,
}

impl Action {
    /// The least role that may do it.
    const fn needs(self) -> Role {
        match self {
            Self::ReadEnvironment | Self::ReadBuilds => Role::Viewer,
            Self::ReportEnvironment | Self::Promote | Self::Restrain | Self::SubmitBuild => Role::Deployer,
            Self::Approve | Self::LiftRestraint => Role::Approver,
            Self::ManageUsers | Self::ReadAudit => Role::Admin,
        }
    }

    /// What belongs to no environment takes the role in any of them.
    const fn is_of_no_environment(self) -> bool {
        matches!(self, Self::ReadBuilds | Self::SubmitBuild)
    }
}

/// Whether grants allow an action in a place. A role in one environment says nothing of the others, and what concerns all
/// environments takes a role in all of them.
pub(crate) fn permits(grants: &[Grant], action: Action, place: &Place) -> bool {
    grants.iter().any(|grant| {
        let holds = grant.environment == Place::Everywhere || grant.environment == *place;
        (holds || action.is_of_no_environment()) && grant.role >= action.needs()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(environment: &str, role: Role) -> Grant {
        Grant { environment: environment.parse().expect("a place"), role }
    }

    #[test]
    fn a_role_holds_where_it_was_given_and_nowhere_else() {
        let dev: Place = "dev".parse().expect("a place");
        let may = |grants: &[Grant], place: &Place| permits(grants, Action::ReadAudit, place);
        assert!(!may(&[], &dev));
        assert!(may(&[grant("dev", Role::Admin)], &dev));
        assert!(!may(&[grant("prod", Role::Admin)], &dev));
        assert!(!may(&[grant("dev", Role::Admin)], &Place::Everywhere));
        assert!(may(&[grant("*", Role::Admin)], &dev));
        assert!(may(&[grant("*", Role::Admin)], &Place::Everywhere));
        for role in [Role::Viewer, Role::Deployer, Role::Approver] {
            assert!(!may(&[grant("*", role)], &dev), "{role}");
        }
    }

    #[test]
    fn what_is_of_no_environment_takes_a_role_in_any() {
        let may = |grants: &[Grant]| permits(grants, Action::SubmitBuild, &Place::Everywhere);
        assert!(may(&[grant("dev", Role::Deployer)]));
        assert!(!may(&[grant("dev", Role::Viewer), grant("prod", Role::Viewer)]));
        assert!(!may(&[]));
    }
}
