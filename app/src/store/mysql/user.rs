use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::QueryBuilder;
use sqlx::mysql::MySqlRow;
use ulid::Ulid;

use super::MySqlTransaction;
use super::columns::Columns;
use super::moment::stored;
use crate::identity::{Email, Grant};
use crate::store::{Page, StoreError, User, UserRepository};

fn user(row: &MySqlRow, grants: &mut BTreeMap<Ulid, Vec<Grant>>) -> Result<User, StoreError> {
    let columns = Columns::of("users", row)?;
    Ok(User {
        id: columns.id(),
        email: columns.parsed("email")?,
        name: columns.get("name")?,
        password_hash: columns.get("password_hash")?,
        grants: grants.remove(&columns.id()).unwrap_or_default(),
        revision: columns.get("revision")?,
        created_at: columns.moment("created_at")?,
        updated_at: columns.moment("updated_at")?,
    })
}

impl MySqlTransaction {
    async fn with_grants(&mut self, rows: Vec<MySqlRow>) -> Result<Vec<User>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::new("SELECT id, user_id, environment, role FROM roles WHERE user_id IN (");
        let mut ids = query.separated(", ");
        for row in &rows {
            ids.push_bind(Columns::of("users", row)?.id().to_string());
        }
        query.push(") ORDER BY environment");
        let mut grants: BTreeMap<Ulid, Vec<Grant>> = BTreeMap::new();
        for row in &query.build().fetch_all(&mut *self.0).await? {
            let columns = Columns::of("roles", row)?;
            let grant = Grant { environment: columns.parsed("environment")?, role: columns.parsed("role")? };
            grants.entry(columns.parsed("user_id")?).or_default().push(grant);
        }
        rows.iter().map(|row| user(row, &mut grants)).collect()
    }

    /// In place of those that are there.
    async fn put_grants(&mut self, user: &User) -> Result<(), StoreError> {
        let id = user.id.to_string();
        sqlx::query("DELETE FROM roles WHERE user_id = ?").bind(&id).execute(&mut *self.0).await?;
        for Grant { environment, role } in &user.grants {
            sqlx::query(
                "INSERT INTO roles (id, user_id, environment, role, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(Ulid::generate().to_string())
            .bind(&id)
            .bind(environment.to_string())
            .bind(role.name())
            .bind(stored(user.updated_at))
            .bind(stored(user.updated_at))
            .execute(&mut *self.0)
            .await?;
        }
        Ok(())
    }
}

#[async_trait]
impl UserRepository for MySqlTransaction {
    async fn user(&mut self, id: Ulid) -> Result<Option<User>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, email, name, password_hash, revision, created_at, updated_at FROM users
             WHERE id = ? AND deleted_at IS NULL",
        );
        let rows = rows.bind(id.to_string()).fetch_all(&mut *self.0).await?;
        Ok(self.with_grants(rows).await?.pop())
    }

    async fn user_of_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, email, name, password_hash, revision, created_at, updated_at FROM users WHERE live_email = ?",
        );
        let rows = rows.bind(email.as_str()).fetch_all(&mut *self.0).await?;
        Ok(self.with_grants(rows).await?.pop())
    }

    async fn users(&mut self, page: Page) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, email, name, password_hash, revision, created_at, updated_at FROM users
             WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
        );
        let after = page.after.map(|id| id.to_string()).unwrap_or_default();
        let rows = rows.bind(after).bind(page.limit).fetch_all(&mut *self.0).await?;
        self.with_grants(rows).await
    }

    async fn add_user(&mut self, user: &User) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO users (id, email, name, password_hash, revision, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(user.id.to_string())
        .bind(user.email.as_str())
        .bind(&user.name)
        .bind(&user.password_hash)
        .bind(user.revision)
        .bind(stored(user.created_at))
        .bind(stored(user.updated_at))
        .execute(&mut *self.0)
        .await?;
        self.put_grants(user).await
    }

    async fn update_user(&mut self, user: &User) -> Result<bool, StoreError> {
        let updated = sqlx::query(
            "UPDATE users SET email = ?, name = ?, password_hash = ?, revision = ?, updated_at = ?
             WHERE id = ? AND revision + 1 = ? AND deleted_at IS NULL",
        )
        .bind(user.email.as_str())
        .bind(&user.name)
        .bind(&user.password_hash)
        .bind(user.revision)
        .bind(stored(user.updated_at))
        .bind(user.id.to_string())
        .bind(user.revision)
        .execute(&mut *self.0)
        .await?;
        if updated.rows_affected() == 0 {
            return Ok(false);
        }
        self.put_grants(user).await?;
        Ok(true)
    }

    async fn delete_user(&mut self, id: Ulid, now: Timestamp) -> Result<bool, StoreError> {
        let deleted =
            sqlx::query("UPDATE users SET deleted_at = ?, updated_at = ? WHERE id = ? AND deleted_at IS NULL")
                .bind(stored(now))
                .bind(stored(now))
                .bind(id.to_string())
                .execute(&mut *self.0)
                .await?;
        Ok(deleted.rows_affected() == 1)
    }
}
