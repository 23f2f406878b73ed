use ops_model::declaration::{Environment, Service};
use ops_model::plan::Kind;
use ops_plan::dependency_levels;
use proptest::prelude::*;

use crate::fixture::Fixture;

fn environment(after: &[&[usize]]) -> Environment {
    let template = Fixture::new().environment.services["api"].clone();
    let named = after.iter().enumerate().map(|(index, after)| {
        let after = after.iter().map(|before| format!("s{before}")).collect();
        (format!("s{index}"), Service { after, ..template.clone() })
    });
    Environment { services: named.collect(), ..Fixture::new().environment }
}

#[test]
fn a_service_comes_after_the_longest_way_to_it() {
    let environment = environment(&[&[], &[0], &[0, 1], &[]]);
    let levels: Vec<_> = dependency_levels(&environment).into_values().collect();
    assert_eq!(levels, [0, 1, 2, 0]);
}

#[test]
fn a_cycle_ends() {
    assert_eq!(dependency_levels(&environment(&[&[1], &[0]])).len(), 2);
}

proptest! {
    #[test]
    fn every_service_comes_after_what_it_names(edges in prop::collection::vec(prop::collection::vec(0usize..8, 0..4), 1..8)) {
        // Only edges to lower numbers: no cycle.
        let edges: Vec<Vec<usize>> =
            edges.iter().enumerate().map(|(index, to)| to.iter().copied().filter(|to| *to < index).collect()).collect();
        let edges: Vec<&[usize]> = edges.iter().map(Vec::as_slice).collect();
        let environment = environment(&edges);
        let levels = dependency_levels(&environment);
        for (name, service) in &environment.services {
            for before in &service.after {
                prop_assert!(levels[&(Kind::Service, before.as_str())] < levels[&(Kind::Service, name.as_str())]);
            }
        }
    }
}
