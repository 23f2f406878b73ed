//! The live account of an environment, by the standard AWS chain.

use ops_aws::{Account, Options};
use ops_engine::cloud::Cloud;
use ops_model::declaration::Environment;

use crate::error::CommandError;
use crate::output::Printer;

/// Connects to the declared region; nothing is sent yet.
pub(crate) async fn connect(environment: &Environment, printer: &Printer) -> Result<Cloud, CommandError> {
    let account = Account::connect(Options { region: environment.region.clone(), profile: None }).await?;
    let endpoint = account.endpoint().unwrap_or("AWS");
    printer.detail(&format!("{}: {} in {}", environment.environment, endpoint, environment.region));
    Ok(account.cloud())
}
