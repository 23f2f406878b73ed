use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use ops_engine::builds_commit::{commit_builds, propose_builds, require_committable};
use ops_engine::bundle::{Source as BundleSource, Stored, store};
use ops_engine::clock::{Clock as _, SystemClock};
use ops_engine::cloud::Cloud;
use ops_engine::declared::builds_path;
use ops_engine::git::Git;
use ops_engine::observe::verify_account;
use ops_engine::promote::{
    BuildChange, Verified, build_changes, commit_message, promoted, require_not_held, unbroken_since, verified_builds,
};
use ops_engine::pull_request::{self, PullRequest};
use ops_model::declaration::{
    Build, BuildContent, Builds, Declaration, Digest, Environment, Promotion as DeclaredPromotion,
};
use ops_plan::{ConfigurationDifference, configuration_differences};

use crate::connection::{cache_folder, connect};
use crate::declared::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Counted, Printer, human, json_v1};

/// Put a build into an environment's builds.yaml, in one commit
///
/// From an environment: the digests that run healthy there now, with the record that shows it. With `--image` or
/// `--bundle`: a fresh build, into the first environment it runs in. A bundle, the files of a site, is read with distrust
/// and stored once in that environment's ops bucket.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops promote dev prod                    what runs healthy in dev, into prod; then `git push`
  ops promote dev prod --only app --push  one artifact, and push the commit
  ops promote dev prod --pr               for somebody to look at before it is merged
  ops promote dev --image app=000000000000.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:… \\
      --build-version 1.4.0 --build-commit 5d1c…    a fresh build, as CI does it
  ops promote dev --bundle console=dist --build-version 1.4.0
                                          the files of a site: a folder, a .tar.zst or .zip archive,
                                          or s3://BUCKET/KEY of an archive")]
pub(crate) struct Args {
    /// Environment to promote from (with one name only: the one to put a fresh build into)
    #[arg(value_name = "FROM")]
    first: String,

    /// Environment to promote into
    #[arg(value_name = "INTO", required_unless_present_any = ["image", "bundle"], conflicts_with_all = ["image", "bundle"])]
    into: Option<String>,

    /// Promote only this artifact; may be given more than once
    #[arg(long, value_name = "ARTIFACT", conflicts_with_all = ["image", "bundle"])]
    only: Vec<String>,

    /// A fresh build: ARTIFACT=REPOSITORY@sha256:DIGEST; may be given more than once
    #[arg(long, value_name = "ARTIFACT=IMAGE", value_parser = image, requires = "build_version")]
    image: Vec<Image>,

    /// A fresh build of a site: ARTIFACT=FOLDER, ARTIFACT=ARCHIVE or ARTIFACT=s3://BUCKET/KEY; may be given more than once
    #[arg(long, value_name = "ARTIFACT=SOURCE", value_parser = bundle, requires = "build_version")]
    bundle: Vec<Bundle>,

    /// Version of the fresh build
    #[arg(long, value_name = "VERSION", conflicts_with = "into")]
    build_version: Option<String>,

    /// Source commit of the fresh build, in full
    #[arg(long, value_name = "COMMIT", requires = "build_version", conflicts_with = "into", value_parser = full_commit)]
    build_commit: Option<String>,

    /// Push the commit, on top of what somebody else may have pushed meanwhile; when that cannot be, nothing is left of it
    #[arg(long)]
    push: bool,

    /// Push the commit to a branch of its own and open a pull request from it (GitHub, with its `gh` program)
    #[arg(long, conflicts_with = "push")]
    pr: bool,
}

#[derive(Debug, Clone)]
struct Image {
    artifact: String,
    repository: String,
    digest: Digest,
}

fn image(text: &str) -> Result<Image, String> {
    let parts = text.split_once('=').and_then(|(artifact, image)| Some((artifact, image.split_once('@')?)));
    let (artifact, (repository, digest)) = parts.ok_or("expected ARTIFACT=REPOSITORY@sha256:DIGEST")?;
    let digest = Digest::parse(digest).ok_or("the digest is `sha256:` and 64 lower-case hexadecimal digits")?;
    if artifact.is_empty() || repository.is_empty() {
        return Err("expected ARTIFACT=REPOSITORY@sha256:DIGEST".to_owned());
    }
    Ok(Image { artifact: artifact.to_owned(), repository: repository.to_owned(), digest })
}

#[derive(Debug, Clone)]
struct Bundle {
    artifact: String,
    source: BundleSource,
}

fn bundle(text: &str) -> Result<Bundle, String> {
    let parts = text.split_once('=').filter(|(artifact, source)| !artifact.is_empty() && !source.is_empty());
    let (artifact, source) = parts.ok_or("expected ARTIFACT=FOLDER, ARTIFACT=ARCHIVE or ARTIFACT=s3://BUCKET/KEY")?;
    let source = source.parse().map_err(|error| format!("{error}"))?;
    Ok(Bundle { artifact: artifact.to_owned(), source })
}

fn full_commit(text: &str) -> Result<String, String> {
    let valid = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if valid { Ok(text.to_owned()) } else { Err("a commit is 40 or 64 lower-case hexadecimal digits".to_owned()) }
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let source = Source::open(global, None).await?;
    let Source::WorkTree { git, .. } = &source else { return Err(no_work_tree()) };
    let into = args.into.as_ref().unwrap_or(&args.first);
    let base = require_committable(git, &[&args.first, into]).await?;
    if args.into.as_ref() == Some(&args.first) {
        return Err(CommandError::new(ErrorKind::Usage, SameEnvironment).help("name the one it runs in, then the next"));
    }
    let receiving = source.read(into).await?.declaration;
    let promotion = if args.image.is_empty() && args.bundle.is_empty() {
        promote_running(args, &source, git, &receiving, printer).await?
    } else {
        let by = git.identity().await?;
        let bundles = store_bundles(args, &receiving, printer).await?;
        let builds = fresh(args, bundles, &receiving.builds, &by);
        Promotion { builds, way: format!("into {into}"), trailers: Vec::new(), differences: Vec::new() }
    };
    let Promotion { builds, way, trailers, differences } = promotion;
    require_not_held(into, &receiving.builds, &builds)?;
    let changes = build_changes(&receiving.builds, &builds);
    let what: Vec<_> = changes.iter().map(|change| format!("{} {}", change.artifact, change.new.version)).collect();
    let subject = format!("Promote {} {way}", what.join(", "));
    let message = commit_message(&subject, &changes, &trailers);
    let committed = match (changes.is_empty(), args.pr) {
        (true, _) => None,
        (false, false) => Some(commit_builds(git, into, &builds, &message, args.push).await?),
        (false, true) => Some(propose_builds(git, into, &builds, &message, &proposal(into, &changes)).await?),
    };
    let pull_request = match &committed {
        Some(proposed) if args.pr => {
            let body = human::proposal(&message, &args.first, into, &differences);
            let request = PullRequest { head: &proposed.branch, base: &base, title: &subject, body: &body };
            Some(pull_request::open(&git.work_tree().await?, request).await?)
        }
        _ => None,
    };
    match global.output {
        OutputForm::Human | OutputForm::Markdown => {
            printer.data(&human::builds_commit(&builds_path(into), &changes, committed.as_ref()))?;
            if !changes.is_empty() {
                printer.data(&human::configuration(&args.first, into, &differences))?;
            }
            if let Some(address) = &pull_request {
                printer.data(&format!("{address}\n"))?;
            }
        }
        OutputForm::Json => {
            let commit = json_v1::builds_commit(into, &changes, committed.as_ref());
            printer.json(&json_v1::promotion(commit, &differences, pull_request.as_deref()))?;
        }
    }
    Ok(ExitCode::Done)
}

/// What is to be committed.
struct Promotion {
    builds: Builds,
    /// From where to where, for the subject of the commit.
    way: String,
    trailers: Vec<(&'static str, String)>,
    /// What the builds meet there that they did not meet before.
    differences: Vec<ConfigurationDifference>,
}

/// Name of the branch of a pull request.
fn proposal(into: &str, changes: &[BuildChange<'_>]) -> String {
    let what: Vec<_> = changes.iter().map(|change| format!("{}-{}", change.artifact, change.new.version)).collect();
    format!("ops/promote-{into}-{}", what.join("-"))
}

async fn promote_running(
    args: &Args,
    source: &Source,
    git: &Git,
    receiving: &Declaration,
    printer: &Printer,
) -> Result<Promotion, CommandError> {
    let (from, into) = (&args.first, &receiving.environment.environment);
    let declared = source.read(from).await?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let mut verified = verified_builds(&cloud, &SystemClock, &declared.declaration, &args.only).await?;
    if let Some(promotion) = receiving.environment.gates.promotion.as_ref().filter(|promotion| promotion.from == *from)
    {
        soaked(&cloud, &declared.declaration.environment, promotion, &mut verified, printer).await?;
    }
    let present = &receiving.builds;
    let builds = promoted(present, &verified, from, &git.identity().await?).unwrap_or_else(|| present.clone());
    let records: BTreeSet<_> = verified.values().map(|verified| verified.record.clone()).collect();
    let mut trailers = vec![("Promoted-From", from.clone())];
    trailers.extend(records.into_iter().map(|record| ("Verified-By", record)));
    let artifacts = verified.keys().map(String::as_str).collect();
    let differences = configuration_differences(&declared.declaration.environment, &receiving.environment, &artifacts);
    Ok(Promotion { builds, way: format!("from {from} to {into}"), trailers, differences })
}

/// Takes the record for the evidence since which a build has run, and says when that is not yet long enough.
async fn soaked(
    cloud: &Cloud,
    from: &Environment,
    promotion: &DeclaredPromotion,
    verified: &mut BTreeMap<String, Verified>,
    printer: &Printer,
) -> Result<(), CommandError> {
    let soak = SignedDuration::from_mins(promotion.soak_minutes.into());
    let now = SystemClock.now();
    for (artifact, Verified { build, record }) in verified {
        let (objects, bucket) = (cloud.objects.as_ref(), &from.ops_bucket);
        let Some(since) = unbroken_since(objects, bucket, artifact, build, now - soak).await? else { continue };
        let ready = since.started_at + soak;
        if ready > now {
            let Build { version, .. } = build;
            printer.status(&format!(
                "{artifact} {version} has run in {} since {}; a gate holds it until {ready}",
                from.environment, since.started_at
            ));
        }
        *record = since.id;
    }
    Ok(())
}

/// Reads the bundles of the command line and puts them where every reconcile finds them.
async fn store_bundles(
    args: &Args,
    receiving: &Declaration,
    printer: &Printer,
) -> Result<Vec<(String, Stored)>, CommandError> {
    let environment = &receiving.environment;
    let mut stored = Vec::new();
    for Bundle { artifact, source } in &args.bundle {
        let sites: Vec<_> =
            environment.sites.values().filter(|site| site.artifact.as_ref() == Some(artifact)).collect();
        if sites.is_empty() {
            let error = NoSite { artifact: artifact.clone(), environment: environment.environment.clone() };
            return Err(CommandError::new(ErrorKind::Refused, error)
                .help(format!("declare `artifact: {artifact}` for the site that serves it")));
        }
        let cloud = connect(environment, printer).await?;
        verify_account(&cloud, environment).await?;
        let progress = Counted::new(printer, format!("storing {artifact}"), "new files");
        let (bucket, cache) = (&environment.ops_bucket, cache_folder());
        let told = |done, of| progress.tell(done, of);
        let bundle = store(&cloud, bucket, source, cache.as_deref(), &sites, told).await?;
        printer.detail(&format!("{artifact}: {} files, {} bytes", bundle.bundle.files.len(), bundle.bundle.size()));
        stored.push((artifact.clone(), bundle));
    }
    Ok(stored)
}

fn fresh(args: &Args, bundles: Vec<(String, Stored)>, present: &Builds, by: &str) -> Builds {
    let images = args.image.iter().map(|Image { artifact, repository, digest }| {
        (artifact.clone(), BuildContent::Image(repository.clone()), digest.clone())
    });
    let bundles = bundles
        .into_iter()
        .map(|(artifact, stored)| (artifact, BuildContent::Bundle(stored.place.to_string()), stored.digest));
    let mut builds = present.clone();
    for (artifact, content, digest) in images.chain(bundles) {
        let build = Build {
            content,
            digest,
            version: args.build_version.clone().unwrap_or_default(),
            commit: args.build_commit.clone(),
            promoted_from: None,
            promoted_by: Some(by.to_owned()),
            evidence: None,
        };
        let same = present
            .artifacts
            .get(&artifact)
            .is_some_and(|present| present.is_same_as(&build) && present.version == build.version);
        if !same {
            builds.artifacts.insert(artifact, build);
        }
    }
    builds
}

#[derive(Debug, thiserror::Error)]
#[error("no site of {environment} serves {artifact}")]
struct NoSite {
    artifact: String,
    environment: String,
}

#[derive(Debug, thiserror::Error)]
#[error("an environment cannot be promoted into itself")]
struct SameEnvironment;

#[derive(Debug, thiserror::Error)]
#[error("a commit is made in a work tree, and this repository has none")]
struct NoWorkTree;

pub(super) fn no_work_tree() -> CommandError {
    CommandError::new(ErrorKind::Git, NoWorkTree).help("run it in a clone")
}
