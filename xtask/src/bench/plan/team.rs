//! A team with an environment of many services: its repository, what Terraform made of it, and `ops` at work on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::bench::Result;
use crate::bench::repository::{ACCOUNT, Repository};
use crate::emulator::Emulator;
use crate::image::{self, AppBuild, Destination};
use crate::tool;

const REPOSITORY: &str = "slipway/app";
const REGISTRY: &str = "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com";
/// Names a commit that nobody looks up.
const COMMIT: &str = "0000000000000000000000000000000000000000";

pub(super) struct Team {
    repository: Repository,
}

impl Team {
    /// Declares and deploys an environment of so many services, without tasks: they would only keep the emulator busy.
    pub(super) fn with_services(services: usize, folder: PathBuf, ops: &Path, emulator: &Emulator) -> Result<Self> {
        let team = Self { repository: Repository::new(folder, &format!("bench{services}"), ops) };
        let service = json!({"artifact": "app", "command": ["serve"], "cpu": 256, "memory": 512, "count": 0});
        let services = names(services).map(|name| (name, service.clone())).collect();
        let declaration = team.repository.declaration(services, json!({}));
        fs::create_dir_all(&team.repository.folder)?;
        team.repository.declare(&declaration, &team.builds(emulator)?)?;
        team.provision(&declaration, emulator)?;
        let environment = &team.repository.environment;
        tool::run(&mut team.repository.ops(&["reconcile", environment, "--yes"], &emulator.environment()))?;
        Ok(team)
    }

    pub(super) fn cluster(&self) -> String {
        self.repository.cluster()
    }

    /// `ops plan` of the environment; it ends with 0 only when nothing would change.
    pub(super) fn plan(&self, account: &[(String, String)], cache: &Path) -> Command {
        let mut command = self.repository.ops(&["plan", &self.repository.environment, "--exit-code"], account);
        command.env("OPS_CACHE_DIRECTORY", cache);
        command
    }

    /// Content of `builds.yaml`, after a push of its image.
    fn builds(&self, emulator: &Emulator) -> Result<Value> {
        // Every team of a run has the same; it may be there.
        let repository = json!({"repositoryName": REPOSITORY});
        emulator.json_call("ecr", "AmazonEC2ContainerRegistry_V20150921.CreateRepository", &repository)?;
        let binary = self.repository.folder.join(".git-ignored-binary");
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
        let cluster =
            json!({"clusterName": self.repository.cluster(), "capacityProviders": ["FARGATE", "FARGATE_SPOT"]});
        let created = emulator.json_call("ecs", "AmazonEC2ContainerServiceV20141113.CreateCluster", &cluster)?;
        let environment = &self.repository.environment;
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
        let services: Map<_, _> = services.map(surroundings).collect();
        let arn = &created["cluster"]["clusterArn"];
        let contract = self.repository.contract(declaration, arn, Value::Object(services), json!({}));
        let bucket = self.repository.ops_bucket();
        let answers = [
            emulator.create_bucket(&bucket)?.status(),
            emulator.put_object(&bucket, "platform.json", &contract.to_string())?.status(),
        ];
        match answers.iter().find(|status| !status.is_success()) {
            Some(status) => Err(format!("the platform contract could not be written: {status}").into()),
            None => Ok(()),
        }
    }
}

/// `service-000` and so on.
fn names(services: usize) -> impl Iterator<Item = String> {
    (0..services).map(|number| format!("service-{number:03}"))
}
