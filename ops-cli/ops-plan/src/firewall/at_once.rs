use ops_model::plan::{Act, Change, FirewallAct, Plan};

/// What of a plan is done though something holds it: the closing of dangerous holes, where the declaration wants that.
/// `None`: nothing.
#[must_use]
pub fn at_once(plan: &Plan) -> Option<Plan> {
    let of_change = |change: &Change| {
        let Act::Firewall(FirewallAct { group_id, steps }) = &change.act else { return None };
        let steps: Vec<_> = steps.iter().filter(|step| step.at_once).cloned().collect();
        let act = Act::Firewall(FirewallAct { group_id: group_id.clone(), steps: steps.clone() });
        (!steps.is_empty()).then(|| Change { act, ..change.clone() })
    };
    let waves = plan.waves.iter().map(|wave| wave.iter().filter_map(of_change).collect::<Vec<_>>());
    let waves: Vec<_> = waves.filter(|wave| !wave.is_empty()).collect();
    (!waves.is_empty()).then(|| Plan { waves, gates: Vec::new(), ..plan.clone() })
}
