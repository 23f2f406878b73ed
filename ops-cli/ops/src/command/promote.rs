use std::collections::BTreeMap;

use ops_engine::builds_commit::{commit_builds, require_committable};
use ops_engine::clock::SystemClock;
use ops_engine::declared::builds_path;
use ops_engine::git::Git;
use ops_engine::promote::{build_changes, commit_message, promoted, verified_builds};
use ops_model::declaration::{Build, Builds, Digest};

use crate::connection::connect;
use crate::declared::Source;
use crate::error::{CommandError, ErrorKind};
use crate::exit_code::ExitCode;
use crate::global_options::{GlobalOptions, OutputForm};
use crate::output::{Printer, human, json_v1};

/// Put a build into an environment's builds.yaml, in one commit
///
/// From an environment: the digests that run healthy there now, with the record that shows it. With
/// `--image`: a fresh build, into the first environment it runs in.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ops promote dev prod                    what runs healthy in dev, into prod; then `git push`
  ops promote dev prod --only app --push  one artifact, and push the commit
  ops promote dev --image app=000000000000.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:… \\
      --build-version 1.4.0 --build-commit 5d1c…    a fresh build, as CI does it")]
pub(crate) struct Args {
    /// Environment to promote from (with one name only: the one to put a fresh build into)
    #[arg(value_name = "FROM")]
    first: String,

    /// Environment to promote into
    #[arg(value_name = "INTO", required_unless_present = "image", conflicts_with = "image")]
    into: Option<String>,

    /// Promote only this artifact; may be given more than once
    #[arg(long, value_name = "ARTIFACT", conflicts_with = "image")]
    only: Vec<String>,

    /// A fresh build: ARTIFACT=REPOSITORY@sha256:DIGEST; may be given more than once
    #[arg(long, value_name = "ARTIFACT=IMAGE", value_parser = image, requires = "build_version")]
    image: Vec<Image>,

    /// Version of the fresh build
    #[arg(long, value_name = "VERSION", requires = "image")]
    build_version: Option<String>,

    /// Source commit of the fresh build, in full
    #[arg(long, value_name = "COMMIT", requires = "image", value_parser = full_commit)]
    build_commit: Option<String>,

    /// Push the commit; when the push is rejected, nothing is left of it
    #[arg(long)]
    push: bool,
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

fn full_commit(text: &str) -> Result<String, String> {
    let valid = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if valid { Ok(text.to_owned()) } else { Err("a commit is 40 or 64 lower-case hexadecimal digits".to_owned()) }
}

pub(crate) async fn run(args: &Args, global: &GlobalOptions, printer: &Printer) -> Result<ExitCode, CommandError> {
    let source = Source::open(global, None).await?;
    let Source::WorkTree { git, .. } = &source else { return Err(no_work_tree()) };
    let into = args.into.as_ref().unwrap_or(&args.first);
    require_committable(git, &[&args.first, into]).await?;
    if args.into.as_ref() == Some(&args.first) {
        return Err(CommandError::new(ErrorKind::Usage, SameEnvironment).help("name the one it runs in, then the next"));
    }
    let receiving = source.read(into).await?.declaration;
    let (builds, subject, trailers) = if args.image.is_empty() {
        promote_running(args, &source, git, &receiving.builds, into, printer).await?
    } else {
        let by = git.identity().await?;
        (fresh(args, &receiving.builds, &by), format!("into {into}"), Vec::new())
    };
    let changes = build_changes(&receiving.builds, &builds);
    let committed = if changes.is_empty() {
        None
    } else {
        let what: Vec<_> = changes.iter().map(|change| format!("{} {}", change.artifact, change.new.version)).collect();
        let message = commit_message(&format!("Promote {} {subject}", what.join(", ")), &changes, &trailers);
        Some(commit_builds(git, into, &builds, &message, args.push).await?)
    };
    match global.output {
        OutputForm::Human | OutputForm::Markdown => {
            printer.data(&human::builds_commit(&builds_path(into), &changes, committed.as_ref()))?;
        }
        OutputForm::Json => printer.json(&json_v1::builds_commit(into, &changes, committed.as_ref()))?,
    }
    Ok(ExitCode::Done)
}

type Promotion = (Builds, String, Vec<(&'static str, String)>);

async fn promote_running(
    args: &Args,
    source: &Source,
    git: &Git,
    present: &Builds,
    into: &str,
    printer: &Printer,
) -> Result<Promotion, CommandError> {
    let from = &args.first;
    let declared = source.read(from).await?;
    let cloud = connect(&declared.declaration.environment, printer).await?;
    let verified = verified_builds(&cloud, &SystemClock, &declared.declaration, &args.only).await?;
    let builds = promoted(present, &verified, from, &git.identity().await?).unwrap_or_else(|| present.clone());
    let records: BTreeMap<_, ()> = verified.values().map(|verified| (verified.record.clone(), ())).collect();
    let mut trailers = vec![("Promoted-From", from.clone())];
    trailers.extend(records.into_keys().map(|record| ("Verified-By", record)));
    Ok((builds, format!("from {from} to {into}"), trailers))
}

fn fresh(args: &Args, present: &Builds, by: &str) -> Builds {
    let mut builds = present.clone();
    for Image { artifact, repository, digest } in &args.image {
        let build = Build {
            image: repository.clone(),
            digest: digest.clone(),
            version: args.build_version.clone().unwrap_or_default(),
            commit: args.build_commit.clone(),
            promoted_from: None,
            promoted_by: Some(by.to_owned()),
            evidence: None,
        };
        let same = present
            .artifacts
            .get(artifact)
            .is_some_and(|present| present.pinned_image() == build.pinned_image() && present.version == build.version);
        if !same {
            builds.artifacts.insert(artifact.clone(), build);
        }
    }
    builds
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
