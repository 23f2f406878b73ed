//! A team with an environment of many services: its repository, what Terraform made of it, and `ops` at work on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use super::Result;
use crate::demo::GIT_ENVIRONMENT;
use crate::emulator::Emulator;
use crate::image::{self, AppBuild, Destination};
use crate::tool;

const REGION: &str = "ap-northeast-2";
const ACCOUNT: &str = "000000000000";
const REPOSITORY: &str = "slipway/app";
const REGISTRY: &str = "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com";
/// Names a commit that nobody looks up.
const COMMIT: &str = "0000000000000000000000000000000000000000";

pub(super) struct Team {
    folder: PathBuf,
    environment: String,
    ops: PathBuf,
}

impl Team {
    /// Declares and deploys an environment of so many services, without tasks: they would only keep the emulator busy.
    pub(super) fn with_services(services: usize, folder: PathBuf, ops: &Path, emulator: &Emulator) -> Result<Self> {
        let team = Self { folder, environment: format!("bench{services}"), ops: ops.to_owned() };
        let declaration = team.declaration(services);
        let declared = team.folder.join("infra/environments").join(&team.environment);
        fs::create_dir_all(&declared)?;
        // JSON is YAML.
        fs::write(declared.join("environment.yaml"), format!("{declaration:#}"))?;
        fs::write(declared.join("builds.yaml"), format!("{:#}", team.builds(emulator)?))?;
        for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message=Declare"]] {
            tool::run(Command::new("git").current_dir(&team.folder).args(arguments).envs(GIT_ENVIRONMENT))?;
        }
        team.provision(&declaration, emulator)?;
        tool::run(&mut team.ops(&["reconcile", &team.environment, "--yes"], &emulator.environment()))?;
        Ok(team)
    }

    pub(super) fn cluster(&self) -> String {
        format!("slipway-{}", self.environment)
    }

    /// `ops plan` of the environment; it ends with 0 only when nothing would change.
    pub(super) fn plan(&self, account: &[(String, String)], cache: &Path) -> Command {
        let mut command = self.ops(&["plan", &self.environment, "--exit-code"], account);
        command.env("OPS_CACHE_DIRECTORY", cache);
        command
    }

    /// `ops`, with nothing of the person who runs this but the path.
    fn ops(&self, arguments: &[&str], account: &[(String, String)]) -> Command {
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

    fn declaration(&self, services: usize) -> Value {
        let service = json!({"artifact": "app", "command": ["serve"], "cpu": 256, "memory": 512, "count": 0});
        json!({
            "version": 1,
            "environment": self.environment,
            "account": ACCOUNT,
            "region": REGION,
            "ops_bucket": self.bucket(),
            "network": {"cidr": "10.10.0.0/16", "zones": ["ap-northeast-2a", "ap-northeast-2c"]},
            "services": names(services).map(|name| (name, service.clone())).collect::<Map<_, _>>(),
            "tasks": {},
        })
    }

    /// Content of `builds.yaml`, after a push of its image.
    fn builds(&self, emulator: &Emulator) -> Result<Value> {
        // Every team of a run has the same; it may be there.
        let repository = json!({"repositoryName": REPOSITORY});
        emulator.json_call("ecr", "AmazonEC2ContainerRegistry_V20150921.CreateRepository", &repository)?;
        let binary = self.folder.join(".git-ignored-binary");
        fs::write(&binary, "nobody runs it")?;
        let build = AppBuild { version: "1.0.0".to_owned(), commit: COMMIT.to_owned(), port: 8080 };
        let destination = Destination { registry: emulator.address(), repository: REPOSITORY.to_owned() };
        let digest = image::push_file(&binary, &build, &[], &destination)?;
        fs::remove_file(&binary)?;
        let image = format!("{REGISTRY}/{REPOSITORY}");
        let app = json!({"version": build.version, "commit": build.commit, "image": image, "digest": digest});
        Ok(json!({"version": 1, "artifacts": {"app": app}}))
    }

    /// What Terraform would make: the cluster, the ops bucket and the contract in it.
    fn provision(&self, declaration: &Value, emulator: &Emulator) -> Result<()> {
        let cluster = json!({"clusterName": self.cluster(), "capacityProviders": ["FARGATE", "FARGATE_SPOT"]});
        let created = emulator.json_call("ecs", "AmazonEC2ContainerServiceV20141113.CreateCluster", &cluster)?;
        let environment = &self.environment;
        let surroundings = |name: &String| {
            let role = |of: &str| format!("arn:aws:iam::{ACCOUNT}:role/slipway-{environment}-{name}-{of}");
            let value = json!({
                "subnet_ids": ["subnet-a", "subnet-c"],
                "security_group_ids": [format!("sg-{name}")],
                "assign_public_ip": true,
                "execution_role_arn": role("execution"),
                "task_role_arn": role("task"),
                "log_group": format!("/slipway/{environment}/{name}"),
            });
            (name.clone(), value)
        };
        let services = declaration["services"].as_object().into_iter().flatten().map(|(name, _)| name);
        let contract = json!({
            "version": 3,
            "environment": environment,
            "account": ACCOUNT,
            "region": REGION,
            "declaration_sha256": "",
            "applied_from": declaration,
            "vpc_id": "vpc-0",
            "security_groups": {},
            "cluster": {
                "name": self.cluster(),
                "arn": created["cluster"]["clusterArn"],
                "namespace_arn": format!("arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/ns-0"),
            },
            "repositories": {},
            "services": services.map(surroundings).collect::<Map<_, _>>(),
            "tasks": {},
            "queues": {},
            "sites": {},
            "uploads": {},
        });
        let answers = [
            emulator.create_bucket(&self.bucket())?.status(),
            emulator.put_object(&self.bucket(), "platform.json", &contract.to_string())?.status(),
        ];
        match answers.iter().find(|status| !status.is_success()) {
            Some(status) => Err(format!("the platform contract could not be written: {status}").into()),
            None => Ok(()),
        }
    }

    fn bucket(&self) -> String {
        format!("{}-ops", self.cluster())
    }
}

/// `service-000` and so on.
fn names(services: usize) -> impl Iterator<Item = String> {
    (0..services).map(|number| format!("service-{number:03}"))
}
