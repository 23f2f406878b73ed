use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::{FromRow, QueryBuilder};
use time::PrimitiveDateTime;
use ulid::Ulid;

use super::MySqlTransaction;
use super::moment::{read, stored};
use crate::identity::{Email, Grant};
use crate::store::{Page, StoreError, User, UserRepository};

const TABLE: &str = "users";

#[derive(FromRow)]
struct UserRow {
    id: String,
    email: String,
    name: String,
    password_hash: Option<String>,
    revision: u32,
    created_at: PrimitiveDateTime,
    updated_at: PrimitiveDateTime,
}

#[derive(FromRow)]
struct RoleRow {
    user_id: String,
    environment: String,
    role: String,
}

impl UserRow {
    fn into_user(self, grants: &mut BTreeMap<String, Vec<Grant>>) -> Result<User, StoreError> {
        let id = self.id.parse().unwrap_or_default();
        let inconsistent = |column| StoreError::Inconsistent { table: TABLE, column, id };
        Ok(User {
            id: self.id.parse().map_err(|_| inconsistent("id"))?,
            email: self.email.parse().map_err(|_| inconsistent("email"))?,
            name: self.name,
            password_hash: self.password_hash,
            grants: grants.remove(&self.id).unwrap_or_default(),
            revision: self.revision,
            created_at: read(self.created_at, TABLE, "created_at", id)?,
            updated_at: read(self.updated_at, TABLE, "updated_at", id)?,
        })
    }
}

impl MySqlTransaction {
    async fn with_grants(&mut self, rows: Vec<UserRow>) -> Result<Vec<User>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::new("SELECT user_id, environment, role FROM roles WHERE user_id IN (");
        let mut ids = query.separated(", ");
        for row in &rows {
            ids.push_bind(&row.id);
        }
        query.push(") ORDER BY environment");
        let mut grants: BTreeMap<String, Vec<Grant>> = BTreeMap::new();
        for RoleRow { user_id, environment, role } in query.build_query_as().fetch_all(&mut *self.0).await? {
            let id = user_id.parse().unwrap_or_default();
            let inconsistent = |column| StoreError::Inconsistent { table: "roles", column, id };
            let grant = Grant {
                environment: environment.parse().map_err(|_| inconsistent("environment"))?,
                role: role.parse().map_err(|_| inconsistent("role"))?,
            };
            grants.entry(user_id).or_default().push(grant);
        }
        rows.into_iter().map(|row| row.into_user(&mut grants)).collect()
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
        let rows = sqlx::query_as(
            "SELECT id, email, name, password_hash, revision, created_at, updated_at FROM users
             WHERE id = ? AND deleted_at IS NULL",
        );
        let rows = rows.bind(id.to_string()).fetch_all(&mut *self.0).await?;
        Ok(self.with_grants(rows).await?.pop())
    }

    async fn user_of_email(&mut self, email: &Email) -> Result<Option<User>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, email, name, password_hash, revision, created_at, updated_at FROM users WHERE live_email = ?",
        );
        let rows = rows.bind(email.as_str()).fetch_all(&mut *self.0).await?;
        Ok(self.with_grants(rows).await?.pop())
    }

    async fn users(&mut self, page: Page) -> Result<Vec<User>, StoreError> {
        let rows = sqlx::query_as(
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
