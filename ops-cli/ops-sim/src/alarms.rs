use std::collections::BTreeMap;

use ops_engine::cloud::AlarmState;

/// CloudWatch alarms by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alarms {
    states: BTreeMap<String, AlarmState>,
}

impl Alarms {
    /// Makes it if need be.
    pub(crate) fn set(&mut self, name: &str, state: AlarmState) {
        self.states.insert(name.to_owned(), state);
    }

    pub(crate) fn is_firing(&self, name: &str) -> bool {
        self.states.get(name) == Some(&AlarmState::Firing)
    }

    /// Those of the names that exist.
    pub(crate) fn of(&self, names: &[String]) -> BTreeMap<String, AlarmState> {
        let known = names.iter().filter_map(|name| self.states.get_key_value(name));
        known.map(|(name, state)| (name.clone(), *state)).collect()
    }
}
