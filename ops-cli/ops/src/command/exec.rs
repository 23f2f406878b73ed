use std::io;
use std::process::{Command, ExitStatus};

use ops_engine::open_session::{OpenSessionRequest, open_session};
use serde_json::json;

use crate::connection::connect;
use crate::declared::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::GlobalOptions;
use crate::output::Printer;

/// The program of AWS that carries the terminal's input and output.
const PLUGIN: &str = "session-manager-plugin";

/// The plugin reads the session from this variable when it is named in its place: arguments are seen by everybody on the
/// machine, and whoever has the token has the session.
const SESSION_VARIABLE: &str = "AWS_SSM_START_SESSION_RESPONSE";

/// Open a shell in a running container of a service (ECS Exec)
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops exec dev api                               a shell in the task that started last
  ops exec dev api --container proxy
  ops exec dev api --task 0f3c --command 'ls /'  in the task whose id begins so

The service needs `exec: true`, and this machine AWS's session-manager-plugin, 1.2.497 or newer.")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Service
    service: String,

    /// Beginning of the task's id; the task that started last when absent
    #[arg(long, value_name = "ID")]
    task: Option<String>,

    /// Container; the main one when absent
    #[arg(long)]
    container: Option<String>,

    /// Command that is started
    #[arg(long, default_value = "/bin/sh")]
    command: String,
}

#[derive(Debug, thiserror::Error)]
enum PluginError {
    #[error("{PLUGIN} is not installed")]
    Missing,
    #[error("{PLUGIN} cannot be started")]
    Unstartable(#[source] io::Error),
    #[error("the session ended with {0}")]
    Ended(ExitStatus),
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    require_plugin()?;
    let declared = Source::open(global, None).await?.read(&args.environment).await?;
    let environment = &declared.declaration.environment;
    let cloud = connect(environment, printer).await?;
    let request = OpenSessionRequest {
        service: args.service.clone(),
        task: args.task.clone(),
        container: args.container.clone(),
        command: args.command.clone(),
    };
    let session = open_session(&cloud, environment, &request).await?;
    let response = json!({
        "SessionId": session.id, "StreamUrl": session.stream_url, "TokenValue": session.token,
    });
    let status = Command::new(PLUGIN)
        .args([SESSION_VARIABLE, &environment.region, "StartSession", ""])
        .arg(json!({"Target": session.target}).to_string())
        .arg(format!("https://ssm.{}.amazonaws.com", environment.region))
        .env(SESSION_VARIABLE, response.to_string())
        .status();
    match status {
        Ok(status) if status.success() => Ok(ExitCode::Done),
        Ok(status) => Err(plugin_error(PluginError::Ended(status))),
        Err(error) => Err(plugin_error(PluginError::Unstartable(error))),
    }
}

/// Before anything is opened that nobody could go into.
fn require_plugin() -> Result<(), CommandError> {
    match Command::new(PLUGIN).arg("--version").output() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(plugin_error(PluginError::Missing)),
        Err(error) => Err(plugin_error(PluginError::Unstartable(error))),
    }
}

fn plugin_error(error: PluginError) -> CommandError {
    let missing = matches!(error, PluginError::Missing);
    let error = CommandError::new(ErrorKind::Aws, error);
    if missing {
        error.help(
            "install it: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
        )
    } else {
        error
    }
}
