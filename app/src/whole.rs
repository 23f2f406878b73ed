//! Whole numbers within bounds, written in any way that JSON Schema calls an integer: `85.0` is 85.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Number;

/// From `MIN` to `MAX`, both below 2^53, up to which every reader of JSON has them exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Whole<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    pub(crate) const fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> TryFrom<u64> for Whole<MIN, MAX> {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        let unfit = || format!("{number} is not {MIN} to {MAX}");
        (MIN..=MAX).contains(&number).then_some(Self(number)).ok_or_else(unfit)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        let whole = number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && (0.0..9e15).contains(float))?;
            format!("{float:.0}").parse().ok()
        });
        whole
            .ok_or_else(|| de::Error::custom(format!("{number} is not a whole number")))?
            .try_into()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_however_they_are_written() {
        let read = |text: &str| serde_json::from_str::<Whole<1, 255>>(text).ok().map(Whole::get);
        assert_eq!((read("7"), read("7.0"), read("7e0"), read("255")), (Some(7), Some(7), Some(7), Some(255)));
        for unfit in ["0", "256", "7.5", "-1", "1e300", "\"7\"", "null", "true"] {
            assert_eq!(read(unfit), None, "{unfit}");
        }
    }
}
