use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A volume of a task: empty and gone with the task, or a file system of EFS.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Volume {
    /// A file system that outlives the task; a temporary folder when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub efs: Option<FileSystem>,
}

/// A file system of EFS. Connections are always encrypted.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSystem {
    /// Id, such as `fs-0123456789abcdef0`.
    #[schemars(regex(pattern = "^fs-[0-9a-f]{8,40}$"))]
    pub file_system: String,
    /// Access point, such as `fsap-0123456789abcdef0`. Not together with `path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^fsap-[0-9a-f]{8,40}$"))]
    pub access_point: Option<String>,
    /// Folder of the file system that is the volume; its top when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^/"))]
    pub path: Option<String>,
    /// Whether the task role decides who may do what in it. It may mount it and write, not as root, and through the access
    /// point alone if there is one.
    #[serde(default)]
    pub iam: bool,
}
