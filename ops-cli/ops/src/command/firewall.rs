use std::net::IpAddr;

use clap::ValueEnum;
use ops_engine::clock::SystemClock;
use ops_engine::firewall;
use ops_engine::observe::today;
use ops_model::security_group::Protocol;
use ops_plan::firewall::{FirewallView, Party, Question, can, firewall_map};

use crate::connection::connect;
use crate::declared::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Show who may reach whom, on what, why and until when, and where AWS lets through more or less
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops firewall dev                                  what is declared, what AWS lets through, and every hole
  ops firewall dev --declared                       what is declared, without AWS
  ops firewall dev --can api database 3306          may it? by which rule, or why not
  ops firewall dev --can internet database 3306     the question that everybody asks
  ops firewall dev --can 203.0.113.7 api 8080 && …  12 when the answer is no")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Read the declaration from this commit rather than from the work tree
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,

    /// Answer whether the first may open connections to the second on this port: names of the firewall, `internet`, or an
    /// address
    #[arg(long, num_args = 3, value_names = ["FROM", "TO", "PORT"])]
    can: Option<Vec<String>>,

    /// What the question is about
    #[arg(long, value_enum, default_value_t, requires = "can")]
    protocol: AskedProtocol,

    /// Answer from the declaration alone, without AWS
    #[arg(long)]
    declared: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum AskedProtocol {
    #[default]
    Tcp,
    Udp,
}

impl From<AskedProtocol> for Protocol {
    fn from(protocol: AskedProtocol) -> Self {
        match protocol {
            AskedProtocol::Tcp => Self::TCP,
            AskedProtocol::Udp => Self::UDP,
        }
    }
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let declared = Source::open(global, args.commit.as_deref()).await?.read(&args.environment).await?;
    let environment = &declared.declaration.environment;
    let ask = |view: &FirewallView| args.can.as_deref().map(|asked| question(view, asked, args.protocol)).transpose();
    let view = FirewallView::declared(environment, today(&SystemClock));
    // A slip in the question is told before AWS is asked.
    let question = ask(&view)?;
    let view = if args.declared {
        view
    } else {
        let cloud = connect(environment, printer).await?;
        firewall::view(&cloud, &SystemClock, &declared.declaration).await?
    };
    let Some(question) = question else {
        let map = firewall_map(&view);
        match global.output {
            OutputForm::Human | OutputForm::Markdown => printer.data(&human::firewall_map(&map))?,
            OutputForm::Json => printer.json(&json_v1::firewall_map(&args.environment, &map))?,
        }
        return Ok(ExitCode::Done);
    };
    let answer = can(&view, &question);
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::firewall_answer(&question, &answer))?,
        OutputForm::Json => printer.json(&json_v1::firewall_answer(&args.environment, &question, &answer))?,
    }
    Ok(if answer.allowed { ExitCode::Done } else { ExitCode::No })
}

fn question(view: &FirewallView, asked: &[String], protocol: AskedProtocol) -> Result<Question, CommandError> {
    let [from, to, port] = asked else { return Err(wrong(NotAQuestion)) };
    let (from, to) = (party(view, from)?, party(view, to)?);
    if !matches!((&from, &to), (Party::Group(_), _) | (_, Party::Group(_))) {
        return Err(wrong(NobodyOfOurs).help(format!("ask about one of {}", known(view))));
    }
    let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(|| wrong(NotAPort(port.clone())))?;
    Ok(Question { from, to, port, protocol: protocol.into() })
}

fn party(view: &FirewallView, name: &str) -> Result<Party, CommandError> {
    if view.groups().any(|group| group == name) {
        return Ok(Party::Group(name.to_owned()));
    }
    if name == "internet" {
        return Ok(Party::Internet);
    }
    name.parse::<IpAddr>().map(Party::Address).map_err(|_| {
        wrong(Unknown(name.to_owned())).help(format!("it is `internet`, an IP address, or one of {}", known(view)))
    })
}

fn known(view: &FirewallView) -> String {
    view.groups().map(|group| format!("`{group}`")).collect::<Vec<_>>().join(", ")
}

fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::new(ErrorKind::Usage, error)
}

#[derive(Debug, thiserror::Error)]
#[error("`--can` takes who, whom and a port")]
struct NotAQuestion;

#[derive(Debug, thiserror::Error)]
#[error("neither of the two is of this environment")]
struct NobodyOfOurs;

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a port: a number from 1 to 65535")]
struct NotAPort(String);

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not known to the firewall")]
struct Unknown(String);
