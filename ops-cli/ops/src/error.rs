//! The one place where what went wrong in a library becomes what a person reads and a script sees.

mod cause;
mod explain;
mod pull_request;
mod saved_plan;
mod scenario;

use std::error::Error;
use std::fmt;
use std::io;

use ops_aws::RegionMismatch;
use ops_engine::approve::ApproveError;
use ops_engine::builds_commit::BuildsCommitError;
use ops_engine::bundle::BundleError;
use ops_engine::cloud::{CloudError, CloudErrorKind};
use ops_engine::continue_rollout::ContinueError;
use ops_engine::git::GitError;
use ops_engine::history::{HistoryError, KeepError};
use ops_engine::import::ImportError;
use ops_engine::lease::LeaseError;
use ops_engine::logs::LogsError;
use ops_engine::observe::ObserveError;
use ops_engine::open_session::OpenSessionError;
use ops_engine::promote::PromoteError;
use ops_engine::reconcile::ReconcileError;
use ops_engine::run_task::RunTaskError;
use ops_model::declaration::Faults;
use ops_model::platform::PLATFORM_VERSION;
use ops_plan::import::ReadError;

use self::cause::Cause;
use crate::exit_code::ExitCode;
use crate::repository::RepositoryError;

/// Why a command could not do what it was asked.
#[derive(Debug)]
pub(crate) struct CommandError {
    kind: ErrorKind,
    error: Box<dyn Error + Send + Sync>,
    cause: Option<Cause>,
    help: Option<String>,
    exit_code: ExitCode,
}

/// What an error is about. The names are part of the JSON output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// The repository, or a file in it, is not where or what it should be.
    Repository,
    /// The output could not be written.
    Output,
    /// The declaration has faults.
    Declaration,
    /// Git, or the state of the work tree.
    Git,
    /// AWS, its settings, or what was found there.
    Aws,
    /// Somebody else reconciles the environment.
    Lease,
    /// What was asked for is not sound.
    Refused,
    /// Nobody agreed to the plan.
    NotAgreed,
    /// Ctrl-C or SIGTERM.
    Interrupted,
    /// The command line contradicts itself.
    Usage,
    /// The program that runs scenarios.
    Hurl,
}

impl ErrorKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Output => "output",
            Self::Declaration => "declaration",
            Self::Git => "git",
            Self::Aws => "aws",
            Self::Lease => "lease",
            Self::Refused => "refused",
            Self::NotAgreed => "not_agreed",
            Self::Interrupted => "interrupted",
            Self::Usage => "usage",
            Self::Hurl => "hurl",
        }
    }

    const fn exit_code(self) -> ExitCode {
        match self {
            Self::Lease => ExitCode::LeaseHeld,
            Self::Interrupted => ExitCode::Interrupted,
            Self::Usage => ExitCode::Usage,
            Self::Repository
            | Self::Output
            | Self::Declaration
            | Self::Git
            | Self::Aws
            | Self::Refused
            | Self::Hurl
            | Self::NotAgreed => ExitCode::Error,
        }
    }
}

impl CommandError {
    pub(crate) fn new(kind: ErrorKind, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let error = error.into();
        let cause = Cause::of(error.as_ref());
        Self { kind, error, cause, help: None, exit_code: kind.exit_code() }
    }

    /// Adds what to do about it.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        self.exit_code
    }

    /// The faults of the declaration, when that is what is wrong.
    pub(crate) fn faults(&self) -> Option<&Faults> {
        self.error.downcast_ref()
    }

    fn maybe_help(self, help: Option<String>) -> Self {
        Self { help: help.or(self.help), ..self }
    }

    pub(crate) fn remedy(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The error and its causes as people get to see them, outermost first.
    pub(crate) fn chain(&self) -> Vec<String> {
        let causes = std::iter::successors(self.cause.as_ref(), |cause| cause.under());
        std::iter::once(self.error.to_string()).chain(causes.map(ToString::to_string)).collect()
    }

    /// The error and every cause there is.
    pub(crate) fn in_full(&self) -> String {
        let error: &(dyn Error + 'static) = self.error.as_ref();
        let causes = std::iter::successors(Some(error), |&error| error.source());
        causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as &(dyn Error + 'static))
    }
}

impl miette::Diagnostic for CommandError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}

impl From<RepositoryError> for CommandError {
    fn from(error: RepositoryError) -> Self {
        let help = error.help();
        Self::new(ErrorKind::Repository, error).help(help)
    }
}

/// Output that could not be written. A closed pipe is none: the printer ends quietly then.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to standard output")]
pub(crate) struct OutputError(#[source] pub(crate) io::Error);

impl From<OutputError> for CommandError {
    fn from(error: OutputError) -> Self {
        Self::new(ErrorKind::Output, error).help("is the disk full?")
    }
}

impl From<Faults> for CommandError {
    fn from(faults: Faults) -> Self {
        Self::new(ErrorKind::Declaration, faults)
    }
}

impl From<RegionMismatch> for CommandError {
    fn from(error: RegionMismatch) -> Self {
        let help = format!(
            "set AWS_REGION to {}, or unset it and the profile's region: the declared one is used then",
            error.declared
        );
        Self::new(ErrorKind::Aws, error).help(help)
    }
}

impl From<CloudError> for CommandError {
    fn from(error: CloudError) -> Self {
        let help = cloud_help(&error);
        Self::new(ErrorKind::Aws, error).maybe_help(help)
    }
}

impl From<GitError> for CommandError {
    fn from(error: GitError) -> Self {
        let help = git_help(&error);
        Self::new(ErrorKind::Git, error).maybe_help(help)
    }
}

impl From<BuildsCommitError> for CommandError {
    fn from(error: BuildsCommitError) -> Self {
        let help = match &error {
            BuildsCommitError::Git(error) => git_help(error),
            BuildsCommitError::Uncommitted { .. } => Some("commit or stash them first; nothing was changed".to_owned()),
            BuildsCommitError::Write { .. } => None,
        };
        Self::new(ErrorKind::Git, error).maybe_help(help)
    }
}

impl From<ObserveError> for CommandError {
    fn from(error: ObserveError) -> Self {
        let help = observe_help(&error);
        Self::new(ErrorKind::Aws, error).maybe_help(help)
    }
}

impl From<HistoryError> for CommandError {
    fn from(error: HistoryError) -> Self {
        let help = match &error {
            HistoryError::NoSuchRecord { .. } => Some("`ops history ENVIRONMENT` lists the records".to_owned()),
            HistoryError::Unreadable { source, .. } => cloud_help(source),
            HistoryError::Malformed { .. } => None,
            HistoryError::MalformedLast { .. } => Some(malformed_last_help()),
        };
        Self::new(ErrorKind::Aws, error).maybe_help(help)
    }
}

impl From<PromoteError> for CommandError {
    fn from(error: PromoteError) -> Self {
        let help = match error {
            PromoteError::Observe(error) => return error.into(),
            PromoteError::History(error) => return error.into(),
            PromoteError::Health { ref source, .. } => cloud_help(source),
            PromoteError::NoBuild { ref environment, .. } | PromoteError::NothingToPromote { ref environment } => {
                Some(format!("put a build into it first: `ops promote {environment} --image …`"))
            }
            PromoteError::NotHealthy { ref environment, .. } => {
                Some(format!("`ops status {environment}` and `ops plan {environment}` say what is the matter"))
            }
            PromoteError::NoEvidence { ref environment, .. } => {
                Some(format!("`ops reconcile {environment}` deploys it and keeps a record"))
            }
            PromoteError::Held { ref environment, ref artifact, .. } => Some(format!(
                "build one that mends it; or lift the hold: `ops hold {environment} --lift {artifact} --reason …`"
            )),
        };
        Self::new(ErrorKind::Refused, error).maybe_help(help)
    }
}

impl From<BundleError> for CommandError {
    fn from(error: BundleError) -> Self {
        match &error {
            BundleError::Cloud(source) => {
                let help = cloud_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
            BundleError::NotABundle(_) | BundleError::Archive { .. } | BundleError::UnknownForm { .. } => {
                Self::new(ErrorKind::Refused, error).help("nothing was stored; docs/sites.md says what a bundle is")
            }
            BundleError::LacksFile { .. } => {
                Self::new(ErrorKind::Refused, error).help("promote the bundle again: what is missing is stored anew")
            }
            BundleError::OtherContent { .. } | BundleError::MalformedList { .. } => {
                Self::new(ErrorKind::Refused, error)
                    .help("somebody has changed what is stored: delete it, and promote the bundle again")
            }
            BundleError::Read { .. }
            | BundleError::Write { .. }
            | BundleError::Missing { .. }
            | BundleError::CutOff => Self::new(ErrorKind::Refused, error),
        }
    }
}

impl From<ImportError> for CommandError {
    fn from(error: ImportError) -> Self {
        match &error {
            ImportError::NoSuchService { cluster, there, .. } => {
                let help = match there.as_slice() {
                    [] => format!("{cluster} has no services"),
                    there => format!("its services are {}", there.join(", ")),
                };
                Self::new(ErrorKind::Refused, error).help(help)
            }
            ImportError::NoServices { .. } => {
                Self::new(ErrorKind::Refused, error).help("is this the cluster's name, and AWS_REGION its region?")
            }
            ImportError::OwnedByAnother { .. } => Self::new(ErrorKind::Refused, error)
                .help("no service was tagged; an environment owns its services alone"),
            ImportError::NotTagged { source, .. } | ImportError::Cloud { source, .. } => {
                let help = cloud_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
        }
    }
}

impl From<ReadError> for CommandError {
    fn from(error: ReadError) -> Self {
        let help = error.remedy().map(str::to_owned);
        Self::new(ErrorKind::Refused, error).maybe_help(help)
    }
}

impl From<LeaseError> for CommandError {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Held { expires_at, .. } => {
                let ends = expires_at.strftime("%Y-%m-%dT%H:%M:%SZ");
                let help = format!(
                    "`--wait SECONDS` waits for them; a lease that is not renewed ends at {ends}; `ops lease` shows it, \
                     and breaks it when they cannot go on"
                );
                Self::new(ErrorKind::Lease, error).help(help)
            }
            LeaseError::NotHeld { .. } => Self::new(ErrorKind::Refused, error).help("there is nothing to break"),
            LeaseError::Interrupted { .. } => Self::new(ErrorKind::Interrupted, error).help("nothing was changed"),
            LeaseError::Cloud { ref source, .. } => {
                let help = cloud_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
            LeaseError::Malformed { .. } => {
                Self::new(ErrorKind::Aws, error).help("look at the object; when nobody reconciles, delete it")
            }
        }
    }
}

impl From<ReconcileError> for CommandError {
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::Observe(error) => error.into(),
            ReconcileError::Lease(error) => error.into(),
            ReconcileError::RecordNotKept { ref source, .. } => {
                let help = keep_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
            ReconcileError::PlanMoved { .. } => {
                Self::new(ErrorKind::Refused, error).help("nothing was changed; plan again and look at the new plan")
            }
            ReconcileError::Only(error) => error.into(),
            ReconcileError::Past { .. } | ReconcileError::Gates { .. } => {
                Self::new(ErrorKind::Aws, error).help("nothing was changed")
            }
        }
    }
}

impl From<ContinueError> for CommandError {
    fn from(error: ContinueError) -> Self {
        match error {
            ContinueError::Observe(error) => error.into(),
            ContinueError::Lease(error) => error.into(),
            ContinueError::NoSuchService { ref environment, .. } => {
                let help = format!("`ops status {environment}` lists the services");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            ContinueError::NotOurs { ref environment, .. } | ContinueError::NotPaused { ref environment, .. } => {
                let help = format!("nothing was changed; `ops status {environment}` says how it stands");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            ContinueError::Cloud { ref source, .. } => {
                let help = cloud_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
            ContinueError::RecordNotKept { ref source, .. } => {
                let help = keep_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
        }
    }
}

impl From<RunTaskError> for CommandError {
    fn from(error: RunTaskError) -> Self {
        match error {
            RunTaskError::Observe(error) => error.into(),
            RunTaskError::NoSuchTask { .. } => {
                Self::new(ErrorKind::Refused, error).help("declare it under `tasks` in environment.yaml")
            }
            RunTaskError::WaitsForBuild { ref environment, .. } => {
                let help = format!("put a build into it first: `ops promote {environment} --image …`");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            RunTaskError::WaitsForTerraform { ref environment, .. } => {
                let help = format!("run `terraform apply` in terraform/environments/{environment}");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            RunTaskError::Secrets { .. } => Self::new(ErrorKind::Refused, error)
                .help("put the values there: `aws ssm put-parameter`, `aws secretsmanager put-secret-value`"),
            RunTaskError::RecordNotKept { ref source, .. } => {
                let help = keep_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
        }
    }
}

impl From<ApproveError> for CommandError {
    fn from(error: ApproveError) -> Self {
        match error {
            ApproveError::Observe(error) => error.into(),
            ApproveError::History(error) => error.into(),
            ApproveError::NotAsked { .. } => Self::new(ErrorKind::Refused, error)
                .help("`gates.promotion.approvals` in environment.yaml says how many it needs; nothing was kept"),
            ApproveError::Already { .. } => {
                Self::new(ErrorKind::Refused, error).help("somebody else has to; nothing was kept")
            }
            ApproveError::NotKept { ref source } => {
                let help = keep_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
        }
    }
}

impl From<OpenSessionError> for CommandError {
    fn from(error: OpenSessionError) -> Self {
        match error {
            OpenSessionError::Observe(error) => error.into(),
            OpenSessionError::NoSuchService { ref environment, .. }
            | OpenSessionError::NoTask { ref environment, .. } => {
                let help = format!("`ops status {environment}` says what runs");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            OpenSessionError::Off { ref environment, ref service } => {
                let help = format!("declare `exec: true` for {service}, commit, and `ops reconcile {environment}`");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            OpenSessionError::Cloud { ref source, .. } => {
                let help = cloud_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
        }
    }
}

impl From<LogsError> for CommandError {
    fn from(error: LogsError) -> Self {
        match error {
            LogsError::Observe(error) => error.into(),
            LogsError::NoSuchName { ref environment, .. } => {
                let help = format!("`ops status {environment}` lists the services");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            LogsError::NotMade { ref environment, .. } => {
                let help = format!("run `terraform apply` in terraform/environments/{environment}");
                Self::new(ErrorKind::Refused, error).help(help)
            }
            LogsError::Cloud { ref source, .. } => {
                let help = cloud_help(source);
                Self::new(ErrorKind::Aws, error).maybe_help(help)
            }
        }
    }
}

fn keep_help(error: &KeepError) -> Option<String> {
    match error {
        KeepError::Cloud(error) | KeepError::Last(HistoryError::Unreadable { source: error, .. }) => cloud_help(error),
        KeepError::Last(HistoryError::MalformedLast { .. }) => Some(malformed_last_help()),
        KeepError::Last(HistoryError::Malformed { .. } | HistoryError::NoSuchRecord { .. }) | KeepError::Contended => {
            None
        }
    }
}

fn malformed_last_help() -> String {
    "`ops history ENVIRONMENT --verify` looks at the records; delete the object when they are in order: the next record \
     follows the newest one then"
        .to_owned()
}

fn observe_help(error: &ObserveError) -> Option<String> {
    match error {
        ObserveError::NoPlatform { environment, .. } => {
            Some(format!("Terraform writes it: run `terraform apply` in terraform/environments/{environment}"))
        }
        ObserveError::PlatformVersion { found } if *found > PLATFORM_VERSION => {
            Some("a newer Terraform of this repository wrote it: update ops to the same commit".to_owned())
        }
        ObserveError::PlatformVersion { .. } => {
            Some("apply Terraform from the commit that this ops is built from: it writes the contract anew".to_owned())
        }
        ObserveError::MalformedPlatform { .. } => Some("apply Terraform and run ops from the same commit".to_owned()),
        ObserveError::OtherPlatform { .. } => Some("two environments must not share an `ops_bucket`".to_owned()),
        ObserveError::OtherAccount { .. } => {
            Some("choose the account's profile with AWS_PROFILE, or correct `account` in environment.yaml".to_owned())
        }
        ObserveError::Cloud { source, .. } => cloud_help(source),
    }
}

fn git_help(error: &GitError) -> Option<String> {
    let help = match error {
        GitError::NoGit { .. } => "install git, and make sure that it is on the PATH",
        GitError::NotARepository { .. } => "go to a clone of the repository, or name one: `ops -C <directory> …`",
        GitError::NoSuchCommit { .. } => "`git log` lists the commits; a fresh clone may need `git fetch`",
        GitError::DetachedHead => "check a branch out: `git switch main`",
        GitError::PushRejected { behind: true, .. } => {
            "nothing is left of the commit; `git pull --rebase`, then run it again"
        }
        GitError::PushRejected { behind: false, .. } => {
            "nothing is left of the commit; what the remote says to it stands above"
        }
        GitError::NoRemote { .. } => "`git push --set-upstream <remote> <branch>` once, or push by hand",
        GitError::Failed { .. } => return None,
    };
    Some(help.to_owned())
}

fn cloud_help(error: &CloudError) -> Option<String> {
    let help = match &error.kind {
        CloudErrorKind::NoCredentials => {
            "sign in: `aws sso login`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()
        }
        CloudErrorKind::CredentialsRefused => {
            "sign in again: `aws sso login`; `aws sts get-caller-identity` says who you are".to_owned()
        }
        CloudErrorKind::AccessDenied => format!("the role needs permission for {}", error.operation),
        CloudErrorKind::Unreachable { endpoint: Some(endpoint) } => {
            format!("nothing answers at {endpoint}: is the network up, and is AWS_ENDPOINT_URL meant to be set?")
        }
        CloudErrorKind::Unreachable { endpoint: None } => "is the network up?".to_owned(),
        CloudErrorKind::Throttled => "AWS limits the rate of calls; try again in a minute".to_owned(),
        CloudErrorKind::NotFound
        | CloudErrorKind::AlreadyThere
        | CloudErrorKind::ConditionFailed
        | CloudErrorKind::Refused { .. }
        | CloudErrorKind::Unexpected => return None,
    };
    Some(help)
}
