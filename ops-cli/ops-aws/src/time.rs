use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// `None` for a time outside of what a timestamp holds, which AWS never sends.
pub(crate) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_fraction_before_and_after_1970() {
        for (seconds, text) in [(1.5, "1970-01-01T00:00:01.5Z"), (-1.5, "1969-12-31T23:59:58.5Z")] {
            let converted = timestamp(&DateTime::from_secs_f64(seconds)).map(|time| time.to_string());
            assert_eq!(converted.as_deref(), Some(text));
        }
    }
}
