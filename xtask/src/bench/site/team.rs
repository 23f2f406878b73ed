//! A team with a site, whose buckets lie on the S3 server of the run and everything else in the emulator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::front_end::FrontEnd;
use super::memory_s3::MemoryS3;
use crate::bench::Result;
use crate::bench::repository::Repository;
use crate::emulator::Emulator;
use crate::tool;

/// Both halves of everybody's credentials.
pub(super) const KEY: &str = "test";

/// Where each publisher has a bucket of its own.
pub(super) const OPS_BUCKET: &str = "published-by-ops";
pub(super) const AWS_BUCKET: &str = "published-by-aws";
pub(super) const RCLONE_BUCKET: &str = "published-by-rclone";

const ENVIRONMENT: &str = "bench";

pub(super) struct Team {
    repository: Repository,
    /// The AWS CLI.
    aws: PathBuf,
    account: Vec<(String, String)>,
}

impl Team {
    pub(super) fn with_site(
        folder: PathBuf,
        ops: &Path,
        aws: &Path,
        emulator: &Emulator,
        server: &MemoryS3,
    ) -> Result<Self> {
        let mut account = emulator.environment();
        account.push(("AWS_ENDPOINT_URL_S3".to_owned(), server.endpoint().to_owned()));
        let repository = Repository::new(folder, ENVIRONMENT, ops);
        let team = Self { repository, aws: aws.to_owned(), account };
        let site = json!({"artifact": "console", "immutable": ["assets/**"]});
        let declaration = team.repository.declaration(Map::new(), json!({"console": site}));
        fs::create_dir_all(&team.repository.folder)?;
        team.repository.declare(&declaration, &json!({"version": 1, "artifacts": {}}))?;
        team.provision(&declaration)?;
        Ok(team)
    }

    /// Gives the folder's files a name in git, and keeps them.
    pub(super) fn promote(&self, front_end: &FrontEnd, version: &str) -> Command {
        let bundle = format!("--bundle=console={}", front_end.folder.display());
        self.repository.ops(&["promote", ENVIRONMENT, &bundle, "--build-version", version], &self.account)
    }

    pub(super) fn reconcile(&self) -> Command {
        self.repository.ops(&["reconcile", ENVIRONMENT, "--yes"], &self.account)
    }

    /// The AWS CLI with the team's account.
    pub(super) fn aws(&self) -> Command {
        let mut command = Command::new(&self.aws);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.account.iter().cloned());
        // Settings of whoever runs this stay out.
        command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        command
    }

    /// rclone with the team's account: every setting that makes it fast, and content compared as `ops` compares it.
    pub(super) fn rclone(&self) -> Command {
        let mut command = Command::new("rclone");
        command
            .args([
                "--config=/dev/null",
                "--s3-provider=Other",
                "--s3-env-auth",
                "--s3-force-path-style",
                "--s3-list-version=2",
            ])
            .args(["--s3-no-check-bucket", "--fast-list", "--checksum", "--transfers=64", "--checkers=64"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.account.iter().cloned())
            .env("HOME", &self.repository.folder);
        if let Some((_, endpoint)) = self.account.iter().find(|(name, _)| name == "AWS_ENDPOINT_URL_S3") {
            command.arg(format!("--s3-endpoint={endpoint}"));
        }
        command
    }

    /// Everybody has brought everything: otherwise the times would say nothing.
    pub(super) fn require_complete(&self, front_end: &FrontEnd) -> Result<()> {
        let files = front_end.small + front_end.large + 1;
        for bucket in [OPS_BUCKET, AWS_BUCKET, RCLONE_BUCKET] {
            let listed = tool::run(self.aws().args(["s3", "ls", "--recursive", &format!("s3://{bucket}")]))?;
            let objects = listed.lines().count();
            if objects < files {
                return Err(format!("{bucket} has {objects} objects, of {files} files").into());
            }
        }
        Ok(())
    }

    /// What Terraform would make: the cluster, the buckets, the distribution and the contract.
    fn provision(&self, declaration: &Value) -> Result<()> {
        let ops_bucket = self.repository.ops_bucket();
        for bucket in [ops_bucket.as_str(), OPS_BUCKET, AWS_BUCKET, RCLONE_BUCKET] {
            tool::run(self.aws().args(["s3", "mb", &format!("s3://{bucket}")]))?;
        }
        let asked = ["ecs", "create-cluster", "--cluster-name", &self.repository.cluster()];
        let cluster: Value = serde_json::from_str(&tool::run(self.aws().args(asked))?)?;
        let distribution = self.distribution().to_string();
        let asked = ["cloudfront", "create-distribution", "--distribution-config", &distribution];
        let made: Value = serde_json::from_str(&tool::run(self.aws().args(asked))?)?;
        let domain_name = made["Distribution"]["DomainName"].as_str().unwrap_or_default();
        let site = json!({
            "bucket": OPS_BUCKET,
            "distribution_id": made["Distribution"]["Id"],
            "domain_name": domain_name,
            "url": format!("https://{domain_name}"),
        });
        let arn = &cluster["cluster"]["clusterArn"];
        let contract = self.repository.contract(declaration, arn, json!({}), json!({"console": site}));
        let path = self.repository.folder.join(".git/platform.json");
        fs::write(&path, contract.to_string())?;
        let to = format!("s3://{ops_bucket}/platform.json");
        tool::run(self.aws().args(["s3", "cp", "--only-show-errors"]).arg(&path).arg(to))?;
        Ok(())
    }

    /// As the module `site` makes it, as far as `ops` looks at it.
    fn distribution(&self) -> Value {
        json!({
            "CallerReference": ENVIRONMENT,
            "Comment": ENVIRONMENT,
            "Enabled": true,
            "DefaultRootObject": "index.html",
            "Origins": {"Quantity": 1, "Items": [{
                "Id": "bucket",
                "DomainName": format!("{OPS_BUCKET}.s3.ap-northeast-2.amazonaws.com"),
                "OriginAccessControlId": "E0000000000000",
                "S3OriginConfig": {"OriginAccessIdentity": ""},
            }]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "bucket",
                "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            },
        })
    }
}
