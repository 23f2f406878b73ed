use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::{Content, Entry, Node};

/// For everything that a metric can be there is one step, as AWS demands.
///
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for service in subject.services() {
        let policies = service.value.get("scaling").and_then(|scaling| scaling.get("steps"));
        for policy in policies.map_or(&[][..], Node::entries) {
            let whose = format!("`{}` of `{}`", policy.key, service.key);
            let steps = policy.value.get("steps").map_or(&[][..], Node::items);
            // Steps that are no steps have been spoken about.
            let Some(steps) = steps.iter().map(Step::new).collect::<Option<Vec<_>>>() else { continue };
            faults.extend(refusal(&steps).map(|refusal| fault(subject, &whose, policy, &refusal)));
        }
    }
}

/// From where to where a step goes; `None` is without end.
struct Step<'a> {
    node: &'a Node,
    from: Option<i64>,
    to: Option<i64>,
}

impl<'a> Step<'a> {
    fn new(node: &'a Node) -> Option<Self> {
        let bound = |key: &str| match node.get(key).map(|bound| &bound.content) {
            None => Some(None),
            Some(Content::Number { number, .. }) => number.as_i64().map(Some),
            Some(_) => None,
        };
        Some(Self { node, from: bound("from")?, to: bound("to")? })
    }
}

/// What is wrong with steps, about which of them, and what to do about it.
struct Refusal<'a> {
    what: String,
    node: &'a Node,
    remedy: String,
}

fn refusal<'a>(steps: &[Step<'a>]) -> Option<Refusal<'a>> {
    steps.iter().find_map(refusal_of_one).or_else(|| refusal_of_neighbours(steps)).or_else(|| refusal_of_ends(steps))
}

fn refusal_of_one<'a>(step: &Step<'a>) -> Option<Refusal<'a>> {
    match (step.from, step.to) {
        (None, None) => Some(Refusal {
            what: "has a step without `from` and `to`".to_owned(),
            node: step.node,
            remedy: "write at least one of them: `from: 0` is everything above the threshold".to_owned(),
        }),
        (Some(from), Some(to)) if from >= to => Some(Refusal {
            what: format!("has a step from {from} to {to}"),
            node: step.node,
            remedy: "`from` has to be less than `to`".to_owned(),
        }),
        _ => None,
    }
}

/// Side by side, a step ends where the next begins.
fn refusal_of_neighbours<'a>(steps: &[Step<'a>]) -> Option<Refusal<'a>> {
    let mut sorted: Vec<&Step<'a>> = steps.iter().collect();
    sorted.sort_by_key(|step| step.from);
    sorted.windows(2).find_map(|pair| {
        let [left, right] = pair else { return None };
        let what = match (left.to, right.from) {
            (Some(to), Some(from)) if to == from => return None,
            (Some(to), Some(from)) if to < from => format!("has no step from {to} to {from}"),
            (_, Some(from)) => format!("has two steps from {from} on"),
            (_, None) => "has two steps without `from`".to_owned(),
        };
        let remedy = "let each step begin where the one before it ends, and only the last have no `to`".to_owned();
        Some(Refusal { what, node: right.node, remedy })
    })
}

/// Once begun, steps go on for ever, away from the threshold.
fn refusal_of_ends<'a>(steps: &[Step<'a>]) -> Option<Refusal<'a>> {
    let below = || {
        let lowest = steps.iter().min_by_key(|step| step.from)?;
        let from = lowest.from.filter(|from| *from < 0)?;
        Some(Refusal {
            what: format!("has no step below {from}"),
            node: lowest.node,
            remedy: format!("remove `from: {from}`, or add a step with `to: {from}` and no `from`"),
        })
    };
    let above = || {
        let highest = steps.iter().max_by_key(|step| step.to.unwrap_or(i64::MAX))?;
        let to = highest.to.filter(|to| *to > 0)?;
        Some(Refusal {
            what: format!("has no step above {to}"),
            node: highest.node,
            remedy: format!("remove `to: {to}`, or add a step with `from: {to}` and no `to`"),
        })
    };
    below().or_else(above)
}

fn fault(subject: &Subject<'_>, whose: &str, policy: &Entry, refusal: &Refusal<'_>) -> Fault {
    let span = if refusal.node.span.is_empty() { &policy.key_span } else { &refusal.node.span };
    subject
        .fault("declaration::scaling_step", format!("{whose} {}", refusal.what))
        .at(span, "AWS takes no such steps")
        .remedy(&refusal.remedy)
}
