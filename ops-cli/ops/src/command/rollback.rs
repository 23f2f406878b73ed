use ops_engine::builds_commit::{commit_builds, require_committable};
use ops_engine::declared::builds_path;
use ops_engine::history;
use ops_engine::promote::require_not_held;
use ops_engine::promote::{build_changes, commit_message};
use ops_engine::rollback::{is_good_and_other, rolled_back};
use ops_model::record::Record;

use super::history::is_record_id;
use super::promote::no_work_tree;
use super::reconcile::{Limits, Order, carry_out, verdict};
use crate::connection::connect;
use crate::declared::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Write an earlier good state of an environment's builds back into git, in one commit
///
/// Git says what runs, so going back is a commit too: the push of it, or `ops reconcile`, brings it about. What it goes back
/// from is held: nobody promotes it into this environment again before `ops hold --lift`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops rollback dev --push                 back to the builds of the last good deployment
  ops rollback prod --push --reason 'orders are lost, see incident 42'
  ops rollback prod --to 1.4.0 --push     back to when this version ran well
  ops rollback prod --to 01J9ZK…          back to the builds of one record; `ops history prod` lists them
  ops rollback prod --reconcile           and deploy them at once, without asking")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Version, or record, to go back to; by default the newest good record whose builds are not the present ones
    #[arg(long, value_name = "VERSION|RECORD")]
    to: Option<String>,

    /// Why, for whoever wants to lift the hold
    #[arg(long, value_name = "TEXT", default_value = "taken back with `ops rollback`")]
    reason: String,

    /// Put no hold on what it goes back from
    #[arg(long, conflicts_with = "reason")]
    no_hold: bool,

    /// Push the commit; when the push is rejected, nothing is left of it
    #[arg(long)]
    push: bool,

    /// Deploy what was committed at once, without asking: for an environment that no push reconciles. With `--output json` its
    /// record is a second document
    #[arg(long)]
    reconcile: bool,
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let name = &args.environment;
    let source = Source::open(global, None).await?;
    let Source::WorkTree { git, .. } = &source else { return Err(no_work_tree()) };
    require_committable(git, &[name]).await?;
    let declaration = source.read(name).await?.declaration;
    let cloud = connect(&declaration.environment, printer).await?;
    let (objects, bucket) = (cloud.objects.as_ref(), &declaration.environment.ops_bucket);
    let record = match &args.to {
        Some(version) if !is_record_id(version) => {
            let good = |record: &Record| is_good_and_other(record, &declaration.builds) && runs(record, version);
            history::newest_that(objects, bucket, good).await?.ok_or_else(|| {
                let error = NeverGood { version: version.clone(), environment: name.clone() };
                CommandError::new(ErrorKind::Refused, error)
                    .help(format!("`ops history {name}` lists what was deployed"))
            })?
        }
        Some(id) => {
            let record = history::one(objects, bucket, id).await?;
            if !record.outcome.is_success() {
                let error = NotGood { record: record.id, environment: name.clone() };
                return Err(CommandError::new(ErrorKind::Refused, error).help("choose a record that succeeded"));
            }
            record
        }
        None => {
            let earlier = |record: &Record| is_good_and_other(record, &declaration.builds);
            history::newest_that(objects, bucket, earlier).await?.ok_or_else(|| {
                CommandError::new(ErrorKind::Refused, NothingBefore { environment: name.clone() })
                    .help(format!("`ops history {name}` lists what was deployed"))
            })?
        }
    };
    require_not_held(name, &declaration.builds, &record.builds)?;
    let by = git.identity().await?;
    let why = (!args.no_hold).then_some((args.reason.as_str(), by.as_str()));
    let builds = rolled_back(&declaration.builds, &record.builds, why);
    let changes = build_changes(&declaration.builds, &record.builds);
    let committed = if changes.is_empty() {
        None
    } else {
        let what: Vec<_> = changes.iter().map(|change| format!("{} {}", change.artifact, change.new.version)).collect();
        let subject = format!("Roll {name} back to {}", what.join(", "));
        let mut trailers = vec![("Rolled-Back-To", record.id.clone())];
        let new = builds.holds.iter().filter(|hold| !declaration.builds.holds.contains(hold));
        trailers.extend(new.map(|hold| ("Held", format!("{} {}", hold.artifact, hold.digest))));
        let message = commit_message(&subject, &changes, &trailers);
        Some(commit_builds(git, name, &builds, &message, args.push).await?)
    };
    match global.output {
        OutputForm::Human | OutputForm::Markdown => {
            printer.data(&human::builds_commit(&builds_path(name), &changes, committed.as_ref()))?
        }
        OutputForm::Json => printer.json(&json_v1::builds_commit(name, &changes, committed.as_ref()))?,
    }
    if !args.reconcile {
        return Ok(ExitCode::Done);
    }
    let declared = Source::open(global, Some("HEAD")).await?.read(name).await?;
    let record = carry_out(&cloud, declared, Order::new(&Limits::default()), printer).await?;
    verdict(&record, global, printer)?;
    Ok(ExitCode::of(record.outcome))
}

fn runs(record: &Record, version: &str) -> bool {
    record.builds.artifacts.values().any(|build| build.version == version)
}

#[derive(Debug, thiserror::Error)]
#[error("no record of {environment} shows a good deployment of {version} beside the present one, or it is held")]
struct NeverGood {
    version: String,
    environment: String,
}

#[derive(Debug, thiserror::Error)]
#[error("no record of {environment} shows a good deployment of other builds than the present ones")]
struct NothingBefore {
    environment: String,
}

#[derive(Debug, thiserror::Error)]
#[error("record {record} of {environment} is not of a good deployment")]
struct NotGood {
    record: String,
    environment: String,
}
