use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use ops_engine::clock::SystemClock;
use ops_engine::cloud::Cloud;
use ops_engine::environment_gates::holding;
use ops_engine::permission::Permission;
use ops_engine::reconcile::{ReconcileRequest, Survey, reconcile, survey};
use ops_engine::verification::held;
use ops_model::plan::{Gate, OverridableGate, Plan};
use ops_model::record::Record;
use ops_plan::firewall::{at_once, ending};
use ops_plan::{Selector, check_selectors, restrict};

use super::attended::{LETTING_GO, attended};
use super::saved_plan;
use crate::connection::connect;
use crate::declared::{Declared, Source};
use crate::error::CommandError;
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};
use crate::scenarios;

/// Make a live environment match its declaration
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops reconcile dev                     show the plan, ask, carry it out, wait for the verdict
  ops reconcile dev --yes               without asking: for CI and hooks
  ops reconcile prod --commit HEAD      what is committed, whatever the work tree holds
  ops reconcile dev --yes --wait 600    wait up to ten minutes for somebody else's reconcile
  ops reconcile dev --only service/api  a part: a kind of change, or one by name
  ops reconcile prod --plan plan.json   exactly what `ops plan prod --out plan.json` kept, or nothing
  ops reconcile prod --override freeze --reason \"the login is down\"
                                        though prod is frozen: said aloud, and kept in the record

Ctrl-C lets go safely: ECS goes on by itself, and the next reconcile follows the same rollout.")]
pub(crate) struct Args {
    /// Environment, such as `dev`
    environment: String,

    /// Read the declaration from this commit rather than from the work tree
    #[arg(long, value_name = "REVISION")]
    commit: Option<String>,

    /// Do not ask before changing anything
    #[arg(short, long)]
    yes: bool,

    /// Carry out the plan in this file, which somebody has approved: its deletions and replacements too. Refused when git,
    /// the platform or AWS has moved since
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "allow_deletions", "allow_replacements"])]
    plan: Option<PathBuf>,

    #[command(flatten)]
    pub(super) limits: Limits,

    /// Say how many calls were sent to AWS
    #[arg(long)]
    stats: bool,
}

#[derive(Debug, Default, clap::Args)]
pub(crate) struct Limits {
    /// Seconds to wait while somebody else reconciles the environment
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) wait: u64,

    /// Let more of the environment's services be deleted at once than `gates.deletions_percent` lets through
    #[arg(long)]
    pub(crate) allow_deletions: bool,

    /// Let services be deleted and created anew where AWS cannot change them otherwise; they serve nothing meanwhile
    #[arg(long)]
    pub(crate) allow_replacements: bool,

    /// Make only changes of this kind, such as `scaling`, or the one of this name, such as `service/api`; may be given
    /// several times
    #[arg(long, value_name = "KIND[/NAME]")]
    pub(crate) only: Vec<Selector>,

    /// Pass this gate of the environment, which `--reason` explains: freeze, windows, alarms, soak or approvals; may be
    /// given several times. The record says so
    #[arg(long = "override", value_name = "GATE", requires = "reason")]
    pub(crate) overridden: Vec<OverridableGate>,

    /// Why a gate is overridden
    #[arg(long, value_name = "TEXT", requires = "overridden", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: Option<String>,

    /// Deploy and verify once more what was rolled back because scenarios failed
    #[arg(long)]
    pub(crate) verify_again: bool,
}

impl Limits {
    fn permission(&self) -> Permission {
        self.with_overrides(Permission::from_flags(self.allow_deletions, self.allow_replacements))
    }

    fn with_overrides(&self, permission: Permission) -> Permission {
        permission.overriding(self.overridden.clone(), self.reason.clone().unwrap_or_default())
    }
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    // A file that is no plan is said before anything is asked of git or AWS.
    let saved = args.plan.as_deref().map(|path| saved_plan::read(path, &args.environment)).transpose()?;
    let declared = Source::open(global, args.commit.as_deref()).await?.read(&args.environment).await?;
    declared.require_committed()?;
    if let Some((saved, _)) = &saved {
        saved_plan::require_same(saved, &declared)?;
    }
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let mut order = Order::new(&args.limits);
    match saved {
        Some((saved, only)) => {
            order.permission = args.limits.with_overrides(Permission::from_approved(&saved));
            order.only = only;
            order.agreed = Some(saved.plan);
        }
        None if args.yes => {}
        None => order.agreed = Some(agree(&cloud, &declared, &args.limits, printer).await?),
    }
    let record = carry_out(&cloud, declared, order, printer).await?;
    verdict(&record, global, printer)?;
    if args.stats {
        printer.status(&human::calls(&record.calls));
    }
    Ok(ExitCode::of(record.outcome))
}

/// Shows what became of it.
pub(super) fn verdict(record: &Record, global: &GlobalOptions, printer: &Printer) -> Result<(), CommandError> {
    match global.output {
        OutputForm::Human | OutputForm::Markdown => printer.data(&human::record(record))?,
        OutputForm::Json => printer.json(&json_v1::record(record))?,
    }
    Ok(())
}

/// Shows the plan and asks, where there is something to agree to.
async fn agree(cloud: &Cloud, declared: &Declared, limits: &Limits, printer: &Printer) -> Result<Plan, CommandError> {
    let survey = survey(cloud, &SystemClock, &declared.declaration).await?;
    let ending = ending(&declared.declaration.environment, survey.observation.today());
    let mut part = part_of(&survey.plan, declared, &limits.only)?;
    if !limits.verify_again && !part.in_sync() {
        part.gates.extend(held(cloud, &declared.declaration, &declared.scenario_texts).await?);
    }
    part.gates.extend(declared_gates(cloud, declared, &survey, &part).await?);
    let permission = limits.permission();
    part.gates.retain(|gate| !permission.opens(gate));
    let environment = &part.environment;
    if !part.in_sync() && part.gates.is_empty() {
        printer.status(&human::plan(&part, &ending, declared));
        printer.confirm(&format!("Reconcile {environment}?"))?;
    } else if !part.gates.is_empty() && at_once(&part).is_some() {
        printer.status(&human::plan(&part, &ending, declared));
        printer.confirm(&format!("Close the dangerous holes of {environment} now, and hold the rest?"))?;
    }
    Ok(survey.plan)
}

/// Gates that the environment declares for itself, as they hold a plan now.
pub(super) async fn declared_gates(
    cloud: &Cloud,
    declared: &Declared,
    survey: &Survey,
    plan: &Plan,
) -> Result<Vec<Gate>, CommandError> {
    let Survey { platform, observation, .. } = survey;
    Ok(holding(cloud, &declared.declaration, &declared.scenario_texts, platform, observation, plan).await?)
}

/// What of a plan was asked for.
pub(super) fn part_of(plan: &Plan, declared: &Declared, only: &[Selector]) -> Result<Plan, CommandError> {
    check_selectors(plan, only)?;
    Ok(restrict(plan.clone(), &declared.declaration.environment, only))
}

/// What a person wants of a reconcile.
#[derive(Debug)]
pub(super) struct Order {
    /// The plan that was agreed to.
    agreed: Option<Plan>,
    only: Vec<Selector>,
    permission: Permission,
    verify_again: bool,
    patience_for_lease: Duration,
}

impl Order {
    /// As the command line says, and agreed to whatever the plan is.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            agreed: None,
            only: limits.only.clone(),
            permission: limits.permission(),
            verify_again: limits.verify_again,
            patience_for_lease: Duration::from_secs(limits.wait),
        }
    }
}

/// Reconciles, and tells on the way what happens.
pub(super) async fn carry_out(
    cloud: &Cloud,
    declared: Declared,
    order: Order,
    printer: &Printer,
) -> Result<Record, CommandError> {
    let Order { agreed, only, permission, verify_again, patience_for_lease } = order;
    let heading = agreed.is_none().then(|| declared.summary());
    let scenarios = scenarios::ready(&declared, printer).await?;
    let request = ReconcileRequest {
        commit: declared.commit,
        declaration: declared.declaration,
        agreed,
        permission,
        only,
        scenarios,
        verify_again,
        patience_for_lease,
    };
    attended(printer, heading, LETTING_GO, |events, cancelled| {
        reconcile(cloud, Arc::new(SystemClock), request, events, cancelled)
    })
    .await
}
