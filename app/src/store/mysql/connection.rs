//! Where the database is, and its tables.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

/// Of one process, to one server. RDS's smallest instances take some 60 in all.
const CONNECTIONS: u32 = 8;

/// A request that gets no connection for so long is better refused than kept waiting.
const PATIENCE: Duration = Duration::from_secs(3);

/// For a migration that somebody else runs. sqlx takes a lock, too, and means to wait for it for ever by a negative time,
/// which MariaDB takes for none.
const LOCK_PATIENCE: Duration = Duration::from_mins(10);

static MIGRATIONS: Migrator = sqlx::migrate!();

/// `mysql://user:password@host:port/name`. It is never printed: a password may be in it.
#[derive(Clone)]
pub(crate) struct DatabaseUrl(MySqlConnectOptions);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum NotADatabase {
    #[error("expected mysql://USER:PASSWORD@HOST:PORT/NAME")]
    Malformed,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    #[error("cannot connect to the database")]
    Connect(#[source] sqlx::Error),
    #[error("cannot lock the database for the migration")]
    Lock(#[source] sqlx::Error),
    #[error("another migration has been running for {} min", LOCK_PATIENCE.as_secs() / 60)]
    Busy,
    #[error("a migration failed")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl DatabaseUrl {
    pub(super) fn pool(&self) -> MySqlPool {
        MySqlPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).connect_lazy_with(self.0.clone())
    }
}

impl FromStr for DatabaseUrl {
    type Err = NotADatabase;

    fn from_str(text: &str) -> Result<Self, NotADatabase> {
        let named = text.strip_prefix("mysql://").and_then(|rest| rest.rsplit_once('/'));
        let options: Result<MySqlConnectOptions, _> = text.parse();
        match (named, options) {
            (Some((_, name)), Ok(options)) if !name.is_empty() && !name.starts_with('?') => {
                // The log of statements would be one of values, too.
                Ok(Self(options.disable_statement_logging().charset("utf8mb4").timezone(Some("+00:00".to_owned()))))
            }
            _ => Err(NotADatabase::Malformed),
        }
    }
}

impl DatabaseUrl {
    /// Whether it is this machine's own.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.0.get_host();
        host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DatabaseUrl")
    }
}

/// Brings the tables to this version's state. Two at once do no harm: one waits for the other.
///
/// # Errors
///
/// What the database says; and migrations there that this version does not know, or knows otherwise.
pub(crate) async fn migrate(url: &DatabaseUrl) -> Result<(), MigrateError> {
    let mut connection = url.0.connect().await.map_err(MigrateError::Connect)?;
    let (mine,): (Option<i64>,) = sqlx::query_as("SELECT GET_LOCK('slipway.migrations', ?)")
        .bind(LOCK_PATIENCE.as_secs())
        .fetch_one(&mut connection)
        .await
        .map_err(MigrateError::Lock)?;
    if mine != Some(1) {
        return Err(MigrateError::Busy);
    }
    MIGRATIONS.run(&mut connection).await?;
    // The server lets go of the lock with the connection, too.
    connection.close().await.map_err(MigrateError::Lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_database_with_a_name_is_one() {
        for text in ["", "mysql://", "postgres://a:b@localhost/app", "mysql://localhost", "mysql://localhost/"] {
            assert!(text.parse::<DatabaseUrl>().is_err(), "{text}");
        }
        let url: DatabaseUrl = "mysql://app:s3cret@127.0.0.1:3306/app".parse().expect("a database");
        assert_eq!(format!("{url:?}"), "DatabaseUrl");
    }
}
