//! What is imported: a cluster, or files of another tool.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ops_engine::cloud::Cloud;
use ops_engine::import::{ImportRequest, find};
use ops_plan::import::copilot;
use ops_plan::import::ecspresso::{self, CONFIGURATIONS, NamedText};
use ops_plan::import::{Found, Imported, Note, import};

use super::Args;
use crate::connection::connect_to;
use crate::error::{CommandError, ErrorKind};
use crate::output::Printer;

/// Bytes of a file that are read at most; the readers refuse less than that.
const LIMIT_BYTES: u64 = 2 * 1024 * 1024;

pub(super) struct Source {
    pub(super) found: Found,
    pub(super) imported: Imported,
    /// Of the files themselves.
    of_files: Vec<Note>,
    pub(super) can_be_proven: bool,
    pub(super) cloud: Option<Cloud>,
}

#[derive(Debug, thiserror::Error)]
enum SourceError {
    #[error("cannot read {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} holds neither {}", directory.display(), CONFIGURATIONS.join(" nor "))]
    NoConfiguration { directory: PathBuf },
    #[error("the region is not known")]
    NoRegion,
}

impl Source {
    pub(super) async fn read(args: &Args, printer: &Printer) -> Result<Self, CommandError> {
        match (&args.cluster, &args.ecspresso, &args.copilot) {
            (Some(cluster), _, _) => of_cluster(args, cluster, printer).await,
            (None, Some(directory), _) => of_ecspresso(args, directory),
            (None, None, Some(manifest)) => of_copilot(args, manifest),
            // The command line has one of them.
            (None, None, None) => Err(no_region()),
        }
    }

    /// Notes on the declaration and on the files, sorted.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<_> = self.imported.notes.iter().chain(&self.of_files).cloned().collect();
        notes.sort();
        notes
    }
}

async fn of_cluster(args: &Args, cluster: &str, printer: &Printer) -> Result<Source, CommandError> {
    let region = args.region.clone().ok_or_else(no_region)?;
    let cloud = connect_to(&args.environment, &region, printer).await?;
    let request = ImportRequest {
        environment: args.environment.clone(),
        region,
        cluster: cluster.to_owned(),
        services: args.service.clone(),
        schedule_group: args.schedule_group.clone(),
    };
    let found = find(&cloud, &request).await?;
    let imported = import(&found);
    Ok(Source { found, imported, of_files: Vec::new(), can_be_proven: true, cloud: Some(cloud) })
}

fn of_ecspresso(args: &Args, directory: &Path) -> Result<Source, CommandError> {
    let configuration_path = CONFIGURATIONS.iter().map(|name| directory.join(name)).find(|path| path.exists());
    let path = configuration_path.ok_or_else(|| {
        CommandError::new(ErrorKind::Repository, SourceError::NoConfiguration { directory: directory.to_owned() })
    })?;
    let name = |path: &Path| path.display().to_string();
    let text = read_text(&path)?;
    let configuration = ecspresso::configuration(NamedText { name: &name(&path), text: &text })?;
    let (service_path, task_path) =
        (directory.join(&configuration.service_definition), directory.join(&configuration.task_definition));
    let (service_text, task_text) = (read_text(&service_path)?, read_text(&task_path)?);
    let (found, of_files) = ecspresso::found(
        &args.environment,
        &configuration,
        NamedText { name: &name(&service_path), text: &service_text },
        NamedText { name: &name(&task_path), text: &task_text },
    )?;
    let imported = import(&found);
    Ok(Source { found, imported, of_files, can_be_proven: true, cloud: None })
}

fn of_copilot(args: &Args, manifest: &Path) -> Result<Source, CommandError> {
    let target = copilot::Target {
        environment: args.environment.clone(),
        from_environment: args.from_environment.clone(),
        region: args.region.clone().ok_or_else(no_region)?,
        account: args.account.clone(),
    };
    let text = read_text(manifest)?;
    let name = manifest.display().to_string();
    let imported = copilot::import(&target, NamedText { name: &name, text: &text })?;
    Ok(Source { found: Found::default(), imported, of_files: Vec::new(), can_be_proven: false, cloud: None })
}

fn read_text(path: &Path) -> Result<String, CommandError> {
    let mut text = String::new();
    File::open(path).and_then(|file| file.take(LIMIT_BYTES).read_to_string(&mut text)).map_err(|source| {
        CommandError::new(ErrorKind::Repository, SourceError::Unreadable { path: path.to_owned(), source })
    })?;
    Ok(text)
}

fn no_region() -> CommandError {
    CommandError::new(ErrorKind::Usage, SourceError::NoRegion).help("add `--region`, or set AWS_REGION")
}
