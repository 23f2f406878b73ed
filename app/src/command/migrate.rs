//! `app migrate`: the tables of this version, before it serves.

use std::io;

use crate::configuration::Configuration;
use crate::store;

#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrateError {
    #[error("SLIPWAY_DATABASE_URL is not set: it says which database to migrate")]
    NoDatabase,
    #[error("can't start the async runtime")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Migrate(#[from] store::MigrateError),
}

pub(crate) fn run(configuration: &Configuration) -> Result<(), MigrateError> {
    let database = configuration.database.as_ref().ok_or(MigrateError::NoDatabase)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(MigrateError::Runtime)?;
    runtime.block_on(store::migrate(database))?;
    tracing::info!("the tables are those of this version");
    Ok(())
}
