//! What a row holds, column by column. What should not be there is told with its place.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::mysql::MySqlRow;
use sqlx::{Decode, MySql, Row as _, Type};
use time::PrimitiveDateTime;
use ulid::Ulid;

use super::moment;
use crate::store::StoreError;

pub(super) struct Columns<'row> {
    table: &'static str,
    row: &'row MySqlRow,
    id: Ulid,
}

impl<'row> Columns<'row> {
    /// Of a table that has a column `id`.
    pub(super) fn of(table: &'static str, row: &'row MySqlRow) -> Result<Self, StoreError> {
        let columns = Self { table, row, id: Ulid::nil() };
        let id = columns.parsed("id")?;
        Ok(Self { id, ..columns })
    }

    pub(super) const fn id(&self) -> Ulid {
        self.id
    }

    pub(super) fn get<T: Decode<'row, MySql> + Type<MySql>>(&self, column: &'static str) -> Result<T, StoreError> {
        Ok(self.row.try_get(column)?)
    }

    pub(super) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        self.get::<&str>(column)?.parse().map_err(|_| self.inconsistent(column))
    }

    /// JSON in a column of text.
    pub(super) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        serde_json::from_str(self.get(column)?).map_err(|_| self.inconsistent(column))
    }

    /// A unit variant, by the name that it has in JSON.
    pub(super) fn variant<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        let name = serde_json::Value::String(self.get(column)?);
        serde_json::from_value(name).map_err(|_| self.inconsistent(column))
    }

    pub(super) fn sha256(&self, column: &'static str) -> Result<[u8; 32], StoreError> {
        self.get::<&[u8]>(column)?.try_into().map_err(|_| self.inconsistent(column))
    }

    pub(super) fn moment(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.optional_moment(column)?.ok_or_else(|| self.inconsistent(column))
    }

    pub(super) fn optional_moment(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        let stored: Option<PrimitiveDateTime> = self.get(column)?;
        stored.map(|stored| moment::read(stored).ok_or_else(|| self.inconsistent(column))).transpose()
    }

    pub(super) const fn inconsistent(&self, column: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.table, column, id: self.id }
    }
}

/// JSON for a column of text, with the error of a statement that cannot be made.
pub(super) fn json(content: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(content).map_err(|error| StoreError::Refused(sqlx::Error::Encode(error.into())))
}

/// The other way round of [`Columns::variant`].
pub(super) fn variant(unit: &impl Serialize) -> Result<String, StoreError> {
    let quoted = json(unit)?;
    Ok(quoted.trim_matches('"').to_owned())
}
