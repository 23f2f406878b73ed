use jiff::tz::TimeZoneDatabase;

use super::{Subject, time_zone};
use crate::declaration::Fault;
use crate::declaration::document::Node;
use crate::declaration::schedule_expression;

/// What happens by the clock has a time that AWS understands, in a zone that there is.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    let of_tasks = subject.tasks().iter().filter_map(|task| {
        let schedule = task.value.get("schedule")?;
        Some((format!("the schedule of `{}`", task.key), schedule))
    });
    let of_services = subject.services().iter().flat_map(|service| {
        let schedules = service.value.get("scaling").and_then(|scaling| scaling.get("schedules"));
        schedules
            .map_or(&[][..], Node::entries)
            .iter()
            .map(|schedule| (format!("the schedule `{}` of `{}`", schedule.key, service.key), &schedule.value))
    });
    let zones = TimeZoneDatabase::bundled();
    for (whose, schedule) in of_tasks.chain(of_services) {
        check_time(subject, &whose, schedule, faults);
        // AWS takes names of the IANA as they are written there.
        faults.extend(time_zone::check(subject, &whose, schedule, &zones));
    }
}

fn check_time(subject: &Subject<'_>, whose: &str, schedule: &Node, faults: &mut Vec<Fault>) {
    let Some(node) = schedule.get("at") else { return };
    let Some(slip) = node.text().and_then(schedule_expression::slip) else { return };
    faults.push(
        subject
            .fault("declaration::schedule", format!("{whose} has a time that AWS does not understand"))
            .at(&node.span, slip.label)
            .remedy(slip.remedy),
    );
}
