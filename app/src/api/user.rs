//! People who may log in.

pub(super) mod change_password;
pub(super) mod delete;
pub(super) mod list;
pub(super) mod show;
pub(super) mod show_me;
pub(super) mod update;

use jiff::Timestamp;
use serde::Serialize;
use ulid::Ulid;
use utoipa::ToSchema;

use crate::identity::Grant;
use crate::store;

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    id: Ulid,
    #[schema(format = "email")]
    email: String,
    name: String,
    /// What they may do, and where.
    roles: Vec<Grant>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<store::User> for User {
    fn from(user: store::User) -> Self {
        let store::User { id, email, name, password_hash: _, grants, revision: _, created_at, updated_at } = user;
        Self { id, email: email.to_string(), name, roles: grants, created_at, updated_at }
    }
}
