//! The words for what a person reads in more than one place.

use jiff::SignedDuration;
use ops_model::outcome::Outcome;
use ops_model::plan::{ChangeClass, Kind};
use ops_model::rollout::RolloutStatus;
use owo_colors::OwoColorize as _;

/// A digest in the middle of a text is cut to the digits that people compare.
pub(super) fn shorten_digests(text: &str) -> String {
    const SHOWN: usize = "sha256:".len() + 12;
    let mut parts = text.split("@sha256:");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        short.push_str("@sha256:");
        short.push_str(part.get(..digits.min(SHOWN - "sha256:".len())).unwrap_or(part));
        short.push_str(part.get(digits..).unwrap_or_default());
    }
    short
}

/// An ARN in the middle of a sentence is cut to the resource: account and region are known.
pub(super) fn shorten_arns(text: &str) -> String {
    let mut parts = text.split("arn:");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // partition:service:region:account:resource
        let end = part.find([' ', ')', ',', ';']).unwrap_or(part.len());
        let (arn, rest) = part.split_at(end);
        match arn.splitn(5, ':').nth(4) {
            Some(resource) => short.push_str(resource),
            None => short.push_str(&format!("arn:{arn}")),
        }
        short.push_str(rest);
    }
    short
}

pub(crate) fn class(class: ChangeClass) -> &'static str {
    match class {
        ChangeClass::Create => "create",
        ChangeClass::InPlace => "in place",
        ChangeClass::NewDeployment => "new deployment",
        ChangeClass::UnderWay => "already under way",
        ChangeClass::Run => "run",
        ChangeClass::Replacement => "delete and create anew",
        ChangeClass::Refused => "not possible",
        ChangeClass::Delete => "delete",
    }
}

/// Things of one kind.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "services",
        Kind::Task => "tasks",
        Kind::Scaling => "scaling",
        Kind::Schedule => "schedules",
        Kind::ListenerRule => "listener rules",
        Kind::Firewall => "security groups",
        Kind::Scenario => "scenarios",
        Kind::Site => "sites",
        Kind::SiteAccess => "access to sites",
    }
}

/// A change by name; what kind it is where that is not a service.
pub(crate) fn subject(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Service => name.to_owned(),
        Kind::Task => format!("task {name}"),
        Kind::Scaling => format!("scaling of {name}"),
        Kind::Schedule => format!("schedule of {name}"),
        Kind::ListenerRule => format!("listener rule of {name}"),
        Kind::Firewall => format!("firewall of {name}"),
        Kind::Scenario => format!("scenario {name}"),
        Kind::Site => format!("site {name}"),
        Kind::SiteAccess => format!("access to site {name}"),
    }
}

pub(super) fn outcome(outcome: Outcome) -> String {
    let words = ops_engine::reconcile::describe(outcome);
    match outcome {
        Outcome::InSync | Outcome::Succeeded => words.green().to_string(),
        Outcome::NotStarted | Outcome::Held | Outcome::Paused | Outcome::Interrupted | Outcome::TimedOut => {
            words.yellow().to_string()
        }
        Outcome::Superseded | Outcome::Stopped | Outcome::NotVerified | Outcome::RolledBack | Outcome::Failed => {
            words.red().to_string()
        }
    }
}

pub(crate) fn rollout(status: RolloutStatus) -> &'static str {
    match status {
        RolloutStatus::Pending => "pending",
        RolloutStatus::InProgress => "rolling out",
        RolloutStatus::Successful => "completed",
        RolloutStatus::StopRequested => "being stopped",
        RolloutStatus::Stopped => "stopped",
        RolloutStatus::RollbackRequested | RolloutStatus::RollbackInProgress => "rolling back",
        RolloutStatus::RollbackSuccessful => "rolled back",
        RolloutStatus::RollbackFailed => "rollback failed",
    }
}

/// The two largest units of a duration: `2 d 4 h`, `12 min 3 s`.
pub(super) fn duration(duration: SignedDuration) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut seconds = duration.as_secs().max(0);
    let mut parts = Vec::new();
    for (unit, size) in units {
        let count = seconds / size;
        seconds %= size;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        } else if !parts.is_empty() {
            // `2 d 5 s` would be too exact.
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// How long ago, to the largest unit: `3 min ago`.
pub(super) fn ago(age: SignedDuration) -> String {
    let text = duration(age);
    let largest: Vec<_> = text.split(' ').take(2).collect();
    format!("{} ago", largest.join(" "))
}

/// `1 service`, `2 services`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_cut_and_the_rest_stays() {
        let long =
            "failed in (target-group arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/dev/1); twice";
        assert_eq!(shorten_arns(long), "failed in (target-group targetgroup/dev/1); twice");
        assert_eq!(shorten_arns("arn:strange, and no ARN"), "arn:strange, and no ARN");
    }

    #[test]
    fn digests_are_cut_and_the_rest_stays() {
        let long = format!("repository@sha256:{} and more", "ab".repeat(32));
        assert_eq!(shorten_digests(&long), "repository@sha256:abababababab and more");
        assert_eq!(shorten_digests("no digest"), "no digest");
    }
}
