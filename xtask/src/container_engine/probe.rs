//! Whether a container runs here at all: storage, runtime and bridge, tried with an image of one static program.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::NoContainerEngine;
use super::packages;
use super::service::Service;
use crate::tool;

const IMAGE: &str = "localhost/slipway/probe:latest";
const PROGRAM: &str = "catatonit";

pub(super) fn run(service: &Service) -> Result<(), NoContainerEngine> {
    let program = packages::find(PROGRAM).ok_or(NoContainerEngine::Missing { programs: vec![PROGRAM] })?;
    let archive = service.configuration().temporary().join("probe.tar");
    write_archive(&archive, &program).map_err(|source| NoContainerEngine::File { path: archive.clone(), source })?;
    let import = [Path::new("import"), Path::new("--quiet"), &archive, Path::new(IMAGE)];
    let tried = service
        .remove_containers()
        .and_then(|()| tool::run(&mut service.podman(import)))
        .and_then(|_| tool::run(&mut service.podman(["run", "--rm", IMAGE, &format!("/{PROGRAM}"), "--version"])));
    let _ = fs::remove_file(&archive);
    tried.map(drop).map_err(NoContainerEngine::Probe)
}

fn write_archive(archive: &Path, program: &Path) -> io::Result<()> {
    let mut builder = tar::Builder::new(File::create(archive)?);
    builder.append_path_with_name(program, PROGRAM)?;
    builder.into_inner()?.sync_all()
}
