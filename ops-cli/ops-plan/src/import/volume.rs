use std::collections::BTreeMap;

use ops_model::declaration::{FileSystem, Volume};
use serde_json::{Map, Value};

use super::member::{is_given_name, items, object, text};

/// Volumes that the declaration can say; the others stay AWS's.
pub(super) fn volumes(content: &Map<String, Value>) -> BTreeMap<String, Volume> {
    let documents = items(content, "volumes").iter().filter_map(Value::as_object);
    let volumes = documents.filter_map(|document| {
        let name = text(document, "name").filter(|name| is_given_name(name))?;
        Some((name.to_owned(), volume(document)?))
    });
    volumes.collect()
}

fn volume(document: &Map<String, Value>) -> Option<Volume> {
    let Some(configuration) = object(document, "efsVolumeConfiguration") else {
        let said = document.iter().any(|(member, value)| member != "name" && member != "host" && !value.is_null());
        let host = object(document, "host").is_some_and(|host| !host.is_empty());
        return (!said && !host).then(Volume::default);
    };
    if text(configuration, "transitEncryption") != Some("ENABLED") {
        return None;
    }
    let file_system = text(configuration, "fileSystemId").filter(|id| is_id(id, "fs-"))?.to_owned();
    let path = text(configuration, "rootDirectory").filter(|path| *path != "/").map(str::to_owned);
    let authorization = object(configuration, "authorizationConfig");
    let access_point = authorization.and_then(|it| text(it, "accessPointId")).map(str::to_owned);
    let said = path.iter().all(|path| path.starts_with('/'))
        && access_point.iter().all(|id| is_id(id, "fsap-"))
        && (access_point.is_none() || path.is_none());
    let iam = authorization.and_then(|it| text(it, "iam")) == Some("ENABLED");
    said.then_some(Volume { efs: Some(FileSystem { file_system, access_point, path, iam }) })
}

fn is_id(id: &str, prefix: &str) -> bool {
    let digits = id.strip_prefix(prefix).unwrap_or_default();
    (8..=40).contains(&digits.len()) && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
