use super::Subject;
use crate::declaration::Fault;

const DEFAULT_GB: u64 = 20;

/// Storage has room to grow.
///
/// RDS refuses less: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let Some(database) = subject.document.get("database") else { return };
    let Some(node) = database.get("maximum_storage_gb") else { return };
    let Some(maximum) = node.whole_number() else { return };
    let Some(storage) = database.get("storage_gb").map_or(Some(DEFAULT_GB), |storage| storage.whole_number()) else {
        return;
    };
    // Numbers that the schema refuses anyway may be of any size.
    if maximum.saturating_mul(10) < storage.saturating_mul(11) {
        let least = storage.saturating_mul(11).div_ceil(10);
        faults.push(
            subject
                .fault(
                    "declaration::database_storage",
                    format!("the database's storage of {storage} GiB cannot grow to {maximum} GiB"),
                )
                .at(&node.span, "less than 10 % more")
                .remedy(format!("write at least {least}, or remove the line so that the storage does not grow")),
        );
    }
}
