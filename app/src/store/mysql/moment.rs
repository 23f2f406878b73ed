//! Times in the database: UTC, to the microsecond.

use jiff::Timestamp;
use time::{OffsetDateTime, PrimitiveDateTime};

pub(super) fn stored(moment: Timestamp) -> PrimitiveDateTime {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(moment.as_nanosecond())
        .expect("jiff's years are among those of time");
    PrimitiveDateTime::new(moment.date(), moment.time())
}

/// `None`: a year that there is not.
pub(super) fn read(moment: PrimitiveDateTime) -> Option<Timestamp> {
    Timestamp::from_nanosecond(moment.assume_utc().unix_timestamp_nanos()).ok()
}
