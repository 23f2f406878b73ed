//! MySQL, through sqlx.

mod api_token;
mod audit;
mod build;
mod columns;
mod connection;
mod deployment;
mod environment;
mod job;
mod moment;
mod one_time_link;
mod promotion;
mod request;
mod restraint;
mod session;
mod upload;
mod user;

use async_trait::async_trait;
use sqlx::MySql;
use sqlx::mysql::MySqlPool;

use super::{Pool, Reader, RequestRepository as _, Store, StoreError, Transaction};

pub(crate) use connection::{DatabaseUrl, MigrateError, migrate};

/// Two pools: what is written and read back at once goes to the writer, and long reads to the replica, where there is
/// one that knows of everything that the reader has written.
#[derive(Debug, Clone)]
pub(crate) struct MySqlStore {
    writer: MySqlPool,
    replica: Option<MySqlPool>,
}

struct MySqlTransaction(sqlx::Transaction<'static, MySql>);

impl MySqlStore {
    /// Connects when it is first used. `replica`: where reads go that may be some seconds old.
    pub(crate) fn new(writer: &DatabaseUrl, replica: Option<&DatabaseUrl>) -> Self {
        Self { writer: writer.pool(), replica: replica.map(DatabaseUrl::pool) }
    }
}

#[async_trait]
impl Store for MySqlStore {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(MySqlTransaction(self.writer.begin().await?)))
    }

    async fn begin_read(&self, reader: &Reader) -> Result<Box<dyn Transaction>, StoreError> {
        let Some(replica) = &self.replica else { return self.begin().await };
        let mut transaction = MySqlTransaction(replica.begin().await?);
        // The first read fixes what the whole transaction sees.
        if transaction.write_mark(&reader.identity).await? < reader.mark {
            return self.begin().await;
        }
        Ok(Box::new(transaction))
    }

    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.writer).await?;
        if let Some(replica) = &self.replica {
            sqlx::query("SELECT 1").execute(replica).await?;
        }
        Ok(())
    }

    fn pools(&self) -> Vec<Pool> {
        let pools = [Some(("writer", &self.writer)), self.replica.as_ref().map(|pool| ("replica", pool))];
        let counted = |(name, pool): (&'static str, &MySqlPool)| {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            Pool { name, in_use: pool.size().saturating_sub(idle), idle }
        };
        pools.into_iter().flatten().map(counted).collect()
    }
}

#[async_trait]
impl Transaction for MySqlTransaction {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Database(refused) if refused.is_unique_violation() => Self::Conflict,
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed | E::Protocol(_) => {
                Self::Unavailable(error)
            }
            // 1040: too many connections; 1053: the server shuts down; 1205: a lock was waited for too long; 1213: a
            // deadlock; 1290: it is read-only, as after a failover
            // (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html).
            E::Database(refused) => match refused.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
                Some(mysql) if [1040, 1053, 1205, 1213, 1290].contains(&mysql.number()) => Self::Unavailable(error),
                _ => Self::Refused(error),
            },
            _ => Self::Refused(error),
        }
    }
}

/// A server of its own with this version's tables, for a test.
#[cfg(test)]
pub(crate) async fn throwaway() -> (xtask::database::Database, MySqlStore) {
    let user = format!("CREATE USER app IDENTIFIED BY '{}';\n", xtask::database::PASSWORD);
    let server = xtask::database::Database::start(&user).expect("a server");
    let url = |user| server.url(user).parse::<DatabaseUrl>().expect("a database");
    migrate(&url("owner")).await.expect("tables");
    sqlx::raw_sql(include_str!("../../grants/app.sql")).execute(&url("owner").pool()).await.expect("grants");
    let store = MySqlStore::new(&url("app"), None);
    (server, store)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a statement of a user's ends with: nothing, or the server's number for the refusal.
    async fn refusal(store: &MySqlStore, statement: &'static str) -> Option<u16> {
        let error = sqlx::query(statement).execute(&store.writer).await.err()?;
        let error =
            error.as_database_error().and_then(|error| error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>());
        Some(error.expect("the server's own refusal").number())
    }

    #[tokio::test]
    async fn the_apps_user_cannot_change_a_table_or_rights() {
        let (_server, store) = throwaway().await;
        assert_eq!(refusal(&store, "SELECT 1 FROM users").await, None);
        for statement in [
            "DROP TABLE users",
            "ALTER TABLE users ADD COLUMN hole INT",
            "TRUNCATE users",
            "CREATE TABLE other (id INT)",
            "CREATE INDEX other ON users (name)",
            "GRANT ALL ON slipway.* TO app",
            "DELETE FROM audit_events",
            "UPDATE audit_events SET actor = 'nobody'",
            "DELETE FROM users",
            "UPDATE builds SET version = '2'",
            "DELETE FROM builds",
            "UPDATE deployments SET outcome = 'succeeded'",
            "DELETE FROM deployments",
            "UPDATE approvals SET reason = 'other'",
            "DELETE FROM approvals",
        ] {
            // 1142: a command is denied; 1044: a user is denied a database
            // (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html).
            let number = refusal(&store, statement).await;
            assert!(matches!(number, Some(1142 | 1044)), "{statement}: {number:?}");
        }
    }

    #[tokio::test]
    async fn the_user_of_migrations_makes_tables_and_gives_no_rights() {
        let user = format!("CREATE USER migrate IDENTIFIED BY '{}';\n", xtask::database::PASSWORD);
        let server = xtask::database::Database::start(&user).expect("a server");
        let url = |user| server.url(user).parse::<DatabaseUrl>().expect("a database");
        let grants = sqlx::raw_sql(include_str!("../../grants/migrate.sql"));
        grants.execute(&url("owner").pool()).await.expect("grants");
        migrate(&url("migrate")).await.expect("tables");
        let store = MySqlStore::new(&url("migrate"), None);
        for statement in ["GRANT ALL ON slipway.* TO migrate", "CREATE USER other", "CREATE DATABASE other"] {
            let number = refusal(&store, statement).await;
            assert!(matches!(number, Some(1044 | 1142 | 1227 | 1410)), "{statement}: {number:?}");
        }
    }

    #[tokio::test]
    async fn developers_read_and_do_nothing_else() {
        let (server, _) = throwaway().await;
        let owner = server.url("owner").parse::<DatabaseUrl>().expect("a database").pool();
        let user = sqlx::query("CREATE USER developer IDENTIFIED BY 'throwaway'");
        user.execute(&owner).await.expect("a user");
        sqlx::raw_sql(include_str!("../../grants/developer.sql")).execute(&owner).await.expect("grants");
        let store = MySqlStore::new(&server.url("developer").parse().expect("a database"), None);
        for statement in ["SELECT * FROM deployments", "SELECT id, email FROM users", "SELECT * FROM audit_events"] {
            assert_eq!(refusal(&store, statement).await, None, "{statement}");
        }
        for statement in [
            "SELECT password_hash FROM users",
            "SELECT * FROM refresh_tokens",
            "SELECT * FROM api_tokens",
            "SELECT * FROM one_time_links",
            "UPDATE users SET name = 'Eve'",
            "DELETE FROM sessions",
            "INSERT INTO environments (id) VALUES ('1')",
            "DROP TABLE users",
            "ALTER TABLE users ADD COLUMN hole INT",
            "TRUNCATE deployments",
            "GRANT SELECT ON slipway.users TO developer",
        ] {
            // 1143: a command is denied for a column.
            let number = refusal(&store, statement).await;
            assert!(matches!(number, Some(1142 | 1143 | 1044)), "{statement}: {number:?}");
        }
    }

    #[tokio::test]
    async fn two_migrations_at_once_and_one_more_are_as_one() {
        let server = xtask::database::Database::start("").expect("a server");
        let url: DatabaseUrl = server.url("owner").parse().expect("a database");
        let (one, other) = tokio::join!(migrate(&url), migrate(&url));
        one.and(other).expect("both see the tables");
        migrate(&url).await.expect("a third one finds nothing to do");
    }

    #[tokio::test]
    async fn every_table_knows_when_a_row_was_made_and_changed() {
        let (_server, store) = throwaway().await;
        let missing: Vec<(String,)> = sqlx::query_as(
            "SELECT t.table_name FROM information_schema.tables t
             WHERE t.table_schema = 'slipway' AND t.table_name <> '_sqlx_migrations' AND 2 <> (
                 SELECT COUNT(*) FROM information_schema.columns c
                 WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name
                   AND c.column_name IN ('created_at', 'updated_at')
                   AND c.is_nullable = 'NO' AND c.data_type = 'datetime' AND c.datetime_precision = 6)",
        )
        .fetch_all(&store.writer)
        .await
        .expect("the tables");
        assert_eq!(missing, []);
    }
}
