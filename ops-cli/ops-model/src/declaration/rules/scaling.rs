use super::Subject;
use super::strategy::{ROLLING, strategy};
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};

/// Keys of `scaling` that make the number of tasks move.
const WAYS: [&str; 5] = ["cpu", "memory", "requests", "steps", "schedules"];

/// One thing decides how many tasks run, between bounds that are some, by a measure that there is.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let Some(scaling) = service.value.entry("scaling").filter(|scaling| !scaling.value.is_scalar()) else {
            continue;
        };
        check_count(subject, service, faults);
        check_ways(subject, service, scaling, faults);
        check_percentages(subject, service, &scaling.value, faults);
        check_requests(subject, service, &scaling.value, faults);
        let whose = format!("`scaling` of `{}`", service.key);
        check_bounds(subject, &whose, &scaling.value, faults);
        for schedule in scaling.value.get("schedules").map_or(&[][..], Node::entries) {
            let whose = format!("the schedule `{}` of `{}`", schedule.key, service.key);
            check_bounds(subject, &whose, &schedule.value, faults);
            check_change(subject, &whose, schedule, faults);
        }
    }
}

fn check_count(subject: &Subject<'_>, service: &Entry, faults: &mut Vec<Fault>) {
    let Some(count) = service.value.entry("count") else { return };
    faults.push(
        subject
            .fault("declaration::scaling", format!("`{}` has a `count` beside `scaling`", service.key))
            .at(&count.key_span, "scaling decides how many tasks run")
            .remedy("remove `count:`, or `scaling:` if the number never changes by itself"),
    );
}

fn check_ways(subject: &Subject<'_>, service: &Entry, scaling: &Entry, faults: &mut Vec<Fault>) {
    let is_way = |entry: &Entry| {
        WAYS.contains(&entry.key.as_str()) && (entry.value.is_scalar() || !entry.value.entries().is_empty())
    };
    if !scaling.value.entries().iter().any(is_way) {
        faults.push(
            subject
                .fault("declaration::scaling", format!("nothing scales `{}`", service.key))
                .at(&scaling.key_span, "only bounds")
                .remedy(
                    "add `cpu`, `memory`, `requests`, `steps` or `schedules`, or write `count:` in place of `scaling:`",
                ),
        );
    }
}

fn check_percentages(subject: &Subject<'_>, service: &Entry, scaling: &Node, faults: &mut Vec<Fault>) {
    for key in ["cpu", "memory"] {
        let Some(node) = scaling.get(key).and_then(|target| target.get("target")) else { continue };
        let Some(target) = node.whole_number().filter(|target| *target > 100) else { continue };
        faults.push(
            subject
                .fault("declaration::scaling", format!("`{}` cannot use {target} % of its {key}", service.key))
                .at(&node.span, "more than 100")
                .remedy("write a percentage from 1 to 100"),
        );
    }
}

/// Only a target group counts requests, and the policy follows one:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html>
fn check_requests(subject: &Subject<'_>, service: &Entry, scaling: &Node, faults: &mut Vec<Fault>) {
    let Some(requests) = scaling.entry("requests") else { return };
    let is_public = service.value.get("public").is_some_and(|public| public.content != Content::Null);
    let strategy = strategy(service).unwrap_or(ROLLING);
    let (what, label, remedy) = if !is_public {
        (
            "is not public, so nobody counts its requests".to_owned(),
            "only of a public service",
            "remove it, or add `public:`",
        )
    } else if strategy != ROLLING {
        (
            format!("changes its target group with the strategy `{strategy}`, and AWS counts requests of one"),
            "only with `rolling`",
            "scale by `cpu` or by `steps`, or write `strategy: rolling`",
        )
    } else {
        return;
    };
    faults.push(
        subject
            .fault("declaration::scaling", format!("`{}` {what}", service.key))
            .at(&requests.key_span, label)
            .remedy(remedy),
    );
}

fn check_bounds(subject: &Subject<'_>, whose: &str, bounds: &Node, faults: &mut Vec<Fault>) {
    let Some(minimum) = bounds.get("minimum").and_then(Node::whole_number) else { return };
    let Some(node) = bounds.get("maximum") else { return };
    let Some(maximum) = node.whole_number().filter(|maximum| *maximum < minimum) else { return };
    faults.push(
        subject
            .fault("declaration::scaling", format!("{whose} goes from {minimum} to {maximum} tasks"))
            .at(&node.span, "less than `minimum`")
            .remedy("raise `maximum` or lower `minimum`"),
    );
}

fn check_change(subject: &Subject<'_>, whose: &str, schedule: &Entry, faults: &mut Vec<Fault>) {
    let bounds = &schedule.value;
    if bounds.is_scalar() || bounds.get("minimum").is_some() || bounds.get("maximum").is_some() {
        return;
    }
    faults.push(
        subject
            .fault("declaration::scaling", format!("{whose} changes nothing"))
            .at(&schedule.key_span, "neither `minimum` nor `maximum`")
            .remedy("add `minimum:`, `maximum:` or both"),
    );
}
