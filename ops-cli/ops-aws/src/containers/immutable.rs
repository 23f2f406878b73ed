use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Enough for every service of a large cluster; a worker that lives for months must not keep all of history.
const CAPACITY: usize = 1000;

/// What was read once by its ARN and never changes.
#[derive(Debug)]
pub(super) struct Immutable<T>(Mutex<HashMap<String, T>>);

impl<T> Default for Immutable<T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<T: Clone> Immutable<T> {
    pub(super) fn get(&self, arn: &str) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(arn).cloned()
    }

    pub(super) fn put(&self, arn: &str, value: T) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(arn.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_holds_more_than_its_capacity() {
        let known = Immutable::default();
        for number in 0..=CAPACITY {
            known.put(&number.to_string(), number);
        }
        assert_eq!(known.get(&CAPACITY.to_string()), Some(CAPACITY));
        assert_eq!(known.get("0"), None);
    }
}
