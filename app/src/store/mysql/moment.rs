//! Times in the database: UTC, to the microsecond.

use jiff::Timestamp;
use time::{OffsetDateTime, PrimitiveDateTime};
use ulid::Ulid;

use crate::store::StoreError;

pub(super) fn stored(moment: Timestamp) -> PrimitiveDateTime {
    let moment = OffsetDateTime::from_unix_timestamp_nanos(moment.as_nanosecond())
        .expect("jiff's years are among those of time");
    PrimitiveDateTime::new(moment.date(), moment.time())
}

pub(super) fn read(
    moment: PrimitiveDateTime,
    table: &'static str,
    column: &'static str,
    id: Ulid,
) -> Result<Timestamp, StoreError> {
    Timestamp::from_nanosecond(moment.assume_utc().unix_timestamp_nanos()).map_err(|_| StoreError::Inconsistent {
        table,
        column,
        id,
    })
}
