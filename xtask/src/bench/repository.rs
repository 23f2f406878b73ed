//! A team's repository with one environment, and `ops` at work in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::Result;
use crate::demo::GIT_ENVIRONMENT;
use crate::tool;

pub(super) const REGION: &str = "ap-northeast-2";
pub(super) const ACCOUNT: &str = "000000000000";

pub(super) struct Repository {
    pub(super) folder: PathBuf,
    pub(super) environment: String,
    ops: PathBuf,
}

impl Repository {
    /// Nothing is in it yet.
    pub(super) fn new(folder: PathBuf, environment: &str, ops: &Path) -> Self {
        Self { folder, environment: environment.to_owned(), ops: ops.to_owned() }
    }

    pub(super) fn cluster(&self) -> String {
        format!("slipway-{}", self.environment)
    }

    pub(super) fn ops_bucket(&self) -> String {
        format!("{}-ops", self.cluster())
    }

    /// Content of `environment.yaml`.
    pub(super) fn declaration(&self, services: Map<String, Value>, sites: Value) -> Value {
        json!({
            "version": 1,
            "environment": self.environment,
            "account": ACCOUNT,
            "region": REGION,
            "ops_bucket": self.ops_bucket(),
            "network": {"cidr": "10.10.0.0/16", "zones": ["ap-northeast-2a", "ap-northeast-2c"]},
            "services": services,
            "tasks": {},
            "sites": sites,
        })
    }

    /// The first commit: what is declared, and which builds.
    pub(super) fn declare(&self, declaration: &Value, builds: &Value) -> Result<()> {
        let declared = self.folder.join("infra/environments").join(&self.environment);
        fs::create_dir_all(&declared)?;
        // JSON is YAML.
        fs::write(declared.join("environment.yaml"), format!("{declaration:#}"))?;
        fs::write(declared.join("builds.yaml"), format!("{builds:#}"))?;
        for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message=Declare"]] {
            tool::run(Command::new("git").current_dir(&self.folder).args(arguments).envs(GIT_ENVIRONMENT))?;
        }
        Ok(())
    }

    /// What Terraform would hand over, with nothing but a cluster and what is said of services and sites.
    pub(super) fn contract(&self, declaration: &Value, cluster_arn: &Value, services: Value, sites: Value) -> Value {
        json!({
            "version": 3,
            "environment": self.environment,
            "account": ACCOUNT,
            "region": REGION,
            "declaration_sha256": "",
            "applied_from": declaration,
            "vpc_id": "vpc-0",
            "security_groups": {},
            "cluster": {
                "name": self.cluster(),
                "arn": cluster_arn,
                "namespace_arn": format!("arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/ns-0"),
            },
            "repositories": {},
            "services": services,
            "tasks": {},
            "queues": {},
            "sites": sites,
            "uploads": {},
        })
    }

    /// `ops`, with nothing of the person who runs this but the path.
    pub(super) fn ops(&self, arguments: &[&str], account: &[(String, String)]) -> Command {
        let mut command = Command::new(&self.ops);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.folder)
            .envs(GIT_ENVIRONMENT)
            .envs(account.iter().map(|(name, value)| (name, value)));
        command
    }
}
