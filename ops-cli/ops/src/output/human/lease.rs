use ops_engine::lease::{LeaseStatus, Standing};

/// Who holds an environment.
pub(crate) fn lease(environment: &str, status: &LeaseStatus) -> String {
    let LeaseStatus { standing, fencing_number: _, broken } = status;
    let mut text = match standing {
        Standing::Free => format!("{environment} is free\n"),
        Standing::Held { holder, expires_at } => {
            let ends = expires_at.strftime("%H:%M:%SZ");
            format!("{environment} is held by {holder}; without renewal until {ends}\n")
        }
        Standing::Abandoned { holder, .. } => {
            format!("{environment} was held by {holder}, who is gone: the next reconcile takes it\n")
        }
    };
    if let Some(broken) = broken {
        let at = broken.at.strftime("%Y-%m-%dT%H:%M:%SZ");
        let (actor, holder, reason) = (&broken.actor, &broken.holder, &broken.reason);
        text.push_str(&format!("last broken at {at} by {actor}, who took it from {holder}: {reason}\n"));
    }
    text
}
