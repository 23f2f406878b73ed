//! Disks of a task.

use std::collections::BTreeMap;

use ops_model::declaration::{FileSystem, Mount, Volume};

use super::manifest::Section;
use crate::import::member::is_given_name;

#[derive(Default)]
pub(super) struct Storage {
    pub(super) ephemeral_gib: Option<u32>,
    pub(super) readonly: bool,
    pub(super) volumes: BTreeMap<String, Volume>,
    pub(super) mounts: BTreeMap<String, Mount>,
}

pub(super) fn storage(manifest: &mut Section) -> Storage {
    let mut section = manifest.section("storage");
    let mut storage = Storage {
        ephemeral_gib: section.take_number("ephemeral", (21, 200)),
        readonly: section.take_boolean("readonly_fs").unwrap_or(false),
        ..Storage::default()
    };
    for (name, mut inner) in section.sections("volumes") {
        let path = inner.take_text("path").filter(|path| path.starts_with('/') && path.len() > 1);
        let readonly = inner.take_boolean("read_only").unwrap_or(true);
        let volume = volume(&mut inner);
        match (path, volume) {
            (Some(path), Some(volume)) if is_given_name(&name) => {
                storage.volumes.insert(name.clone(), volume);
                storage.mounts.insert(path, Mount { volume: name, readonly });
            }
            _ => inner.note(
                "path",
                "not taken over: a volume has a short name in small letters, a path, and a file system that is there",
            ),
        }
        section.close(inner);
    }
    manifest.close(section);
    storage
}

/// `None`: a file system that Copilot itself makes (`efs: true`), or one that the declaration cannot say.
fn volume(section: &mut Section) -> Option<Volume> {
    let is_id = |id: &str, prefix: &str| {
        let digits = id.strip_prefix(prefix).unwrap_or_default();
        (8..=40).contains(&digits.len()) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    match section.take_boolean("efs") {
        Some(false) => return Some(Volume::default()),
        Some(true) => return None,
        None => {}
    }
    let whole = section.take_as("efs", |value| value.as_str().filter(|id| is_id(id, "fs-")).map(str::to_owned));
    let mut efs = section.section("efs");
    let id =
        whole.or_else(|| efs.take_as("id", |value| value.as_str().filter(|id| is_id(id, "fs-")).map(str::to_owned)));
    let mut authorization = efs.section("auth");
    let access_point = authorization
        .take_as("access_point_id", |value| value.as_str().filter(|id| is_id(id, "fsap-")).map(str::to_owned));
    let file_system = FileSystem {
        file_system: id.clone().unwrap_or_default(),
        path: efs.take_text("root_dir").filter(|path| path.starts_with('/') && path != "/" && access_point.is_none()),
        access_point,
        iam: authorization.take_boolean("iam").unwrap_or(false),
    };
    efs.close(authorization);
    section.close(efs);
    match id {
        Some(_) => Some(Volume { efs: Some(file_system) }),
        // Nothing is said of a file system at all: a folder that goes with the task.
        None => Some(Volume::default()),
    }
}
