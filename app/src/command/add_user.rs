//! `app add-user`: the first user, who lets in the others.

use std::io;

use clap::Args;
use ops_engine::clock::SystemClock;
use ulid::Ulid;

use super::open_control_plane;
use crate::configuration::Configuration;
use crate::control_plane::ControlPlane;
use crate::identity::{Email, Grant, NewPassword, PasswordError, Place, Role};
use crate::store::{NewAuditEvent, StoreError, User};

/// The password is read from the standard input, one line of 12 to 128 characters
#[derive(Debug, Args)]
pub(crate) struct AddUser {
    /// What they log in with
    #[arg(long)]
    email: Email,
    /// What others call them
    #[arg(long)]
    name: String,
    /// viewer, deployer, approver or admin
    #[arg(long, default_value = "admin")]
    role: Role,
    /// Where: an environment, or * for all of them
    #[arg(long, default_value = "*")]
    environment: Place,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum AddUserError {
    #[error("SLIPWAY_DATABASE_URL is not set: it says whose database to add to")]
    NoDatabase,
    #[error("can't start the async runtime")]
    Runtime(#[source] io::Error),
    #[error("can't read the password from the standard input")]
    Read(#[source] io::Error),
    #[error("the standard input is not a password: one line of 12 to 128 characters")]
    Unfit,
    #[error("there is a user with this address already")]
    Known,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) fn run(arguments: AddUser, configuration: &Configuration) -> Result<(), AddUserError> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(AddUserError::Read)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    let password = NewPassword::try_from(password).map_err(|_| AddUserError::Unfit)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(AddUserError::Runtime)?;
    runtime.block_on(async {
        let control_plane = open_control_plane(configuration, SystemClock).await?.ok_or(AddUserError::NoDatabase)?;
        add(arguments, password, &control_plane).await
    })
}

async fn add(arguments: AddUser, password: NewPassword, control_plane: &ControlPlane) -> Result<(), AddUserError> {
    let AddUser { email, name, role, environment } = arguments;
    let now = control_plane.now();
    let user = User {
        id: Ulid::generate(),
        email,
        name,
        password_hash: Some(control_plane.hasher.hash(password).await?),
        grants: vec![Grant { environment, role }],
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    let mut transaction = control_plane.store.begin().await?;
    transaction.add_user(&user).await.map_err(|error| match error {
        StoreError::Conflict => AddUserError::Known,
        other => other.into(),
    })?;
    let event = NewAuditEvent {
        actor: "command:add-user".to_owned(),
        action: "user.create".to_owned(),
        subject: format!("user:{}", user.id),
        environment: None,
        reason: None,
    };
    transaction.append_audit_event(event, now).await?;
    transaction.commit().await?;
    tracing::info!(user = %user.id, "added");
    Ok(())
}
