use jiff::SignedDuration;

/// Of fewer values the one in the middle is chance.
const VALUES_FOR_A_MEDIAN: usize = 3;
/// Of fewer values nine of ten are all of them.
const VALUES_FOR_A_PERCENTILE: usize = 10;

/// How long something takes, from many times that it was done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spread {
    pub values: usize,
    /// `None` of too few values.
    pub median: Option<SignedDuration>,
    /// Nine of ten took no longer.
    pub percentile_90: Option<SignedDuration>,
}

impl Spread {
    pub(super) fn of(mut durations: Vec<SignedDuration>) -> Self {
        durations.sort_unstable();
        let values = durations.len();
        let enough = |least: usize, value: Option<SignedDuration>| value.filter(|_| values >= least);
        Self {
            values,
            median: enough(VALUES_FOR_A_MEDIAN, median(&durations)),
            // The smallest value that at least nine of ten are not above.
            percentile_90: enough(
                VALUES_FOR_A_PERCENTILE,
                durations.get((values * 9).div_ceil(10).max(1) - 1).copied(),
            ),
        }
    }
}

/// Of an even number the mean of the two in the middle.
fn median(sorted: &[SignedDuration]) -> Option<SignedDuration> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(lower + (upper - lower) / 2)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(hours: &[i64]) -> Spread {
        Spread::of(hours.iter().copied().map(SignedDuration::from_hours).collect())
    }

    #[test]
    fn too_few_values_have_no_median() {
        assert_eq!(hours(&[]), Spread::default());
        assert_eq!(hours(&[4, 2]), Spread { values: 2, ..Spread::default() });
        let three = hours(&[9, 1, 2]);
        assert_eq!((three.median, three.percentile_90), (Some(SignedDuration::from_hours(2)), None));
    }

    #[test]
    fn ten_values_have_a_percentile() {
        let ten = hours(&[10, 1, 9, 2, 8, 3, 7, 4, 6, 5]);
        assert_eq!(ten.median, Some(SignedDuration::from_mins(330)));
        assert_eq!(ten.percentile_90, Some(SignedDuration::from_hours(9)));
    }

    proptest! {
        #[test]
        fn as_many_values_lie_below_as_the_words_say(seconds in prop::collection::vec(0i64..1_000_000, 10..60)) {
            let durations: Vec<_> = seconds.iter().copied().map(SignedDuration::from_secs).collect();
            let spread = Spread::of(durations.clone());
            let median = spread.median.expect("enough");
            let percentile = spread.percentile_90.expect("enough");
            let below = |limit: SignedDuration| durations.iter().filter(|value| **value <= limit).count();
            prop_assert!(below(median) * 2 >= durations.len());
            prop_assert!(below(percentile) * 10 >= durations.len() * 9);
            prop_assert!(median <= percentile);
        }
    }
}
