//! The program that runs scenarios, as this person's environment has it.

use std::collections::BTreeMap;
use std::env;
use std::sync::Arc;

use ops_engine::scenarios::Scenarios;
use ops_engine::scenarios::hurl::{HANDED_ON, HurlError, HurlProgram, HurlSettings};
use ops_model::declaration::{Environment, Faults, scenario_faults};

use crate::declared::Declared;
use crate::error::CommandError;
use crate::output::Printer;

/// Names `HOST:PORT` that scenarios connect to in place of the host in the URL.
const CONNECT_TO: &str = "OPS_SCENARIOS_CONNECT_TO";

/// What runs the scenarios of a declaration. Where it has none, no program is asked for.
pub(crate) async fn ready(declared: &Declared, printer: &Printer) -> Result<Scenarios, CommandError> {
    let texts = declared.scenario_texts.clone();
    if texts.is_empty() {
        return Ok(Scenarios::none());
    }
    let program = find().await?;
    printer.detail(&format!("hurl {}", program.version()));
    Ok(Scenarios { runner: Arc::new(program), texts })
}

/// Whether the files of scenarios are what Hurl takes.
pub(crate) enum Syntax {
    Parsed(Option<Faults>),
    /// Nobody here can tell, and why.
    NotParsed(String),
}

/// Parses the files of an environment's scenarios, each once. Nothing is sent.
pub(crate) async fn syntax(
    environment: &Environment,
    texts: &BTreeMap<String, String>,
) -> Result<Syntax, CommandError> {
    let files: BTreeMap<&str, &str> = environment
        .scenarios
        .iter()
        .filter_map(|(name, scenario)| Some((scenario.file.as_str(), texts.get(name)?.as_str())))
        .collect();
    if files.is_empty() {
        return Ok(Syntax::Parsed(None));
    }
    let program = match find().await {
        Ok(program) => program,
        Err(missing @ (HurlError::NotFound | HurlError::TooOld { .. })) => {
            return Ok(Syntax::NotParsed(missing.to_string()));
        }
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for (path, text) in files {
        if let Some(failure) = program.parse(text).await? {
            found.push((path, text, failure));
        }
    }
    Ok(Syntax::Parsed(scenario_faults(&environment.environment, &found)))
}

async fn find() -> Result<HurlProgram, HurlError> {
    let connect_to = env::var_os(CONNECT_TO).map(|address| address.to_string_lossy().into_owned());
    let environment = HANDED_ON.iter().filter_map(|name| Some(((*name).to_owned(), env::var_os(name)?)));
    let settings = HurlSettings {
        path: env::var_os("PATH"),
        connect_to: connect_to.filter(|address| !address.is_empty()),
        environment: environment.collect(),
    };
    HurlProgram::find(settings).await
}
