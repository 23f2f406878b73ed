//! The emulator, the container engine under it where there is one, and Terraform against it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Result, say, text};
use crate::causes::causes;
use crate::container_engine::ContainerEngine;
use crate::emulator::{Emulator, EmulatorOptions, free_address};
use crate::terraform::{Background, PlanResult, PlannedChanges, Terraform, write_local_backend};

const STATE_BUCKET: &str = "slipway-state-000000000000";
/// What the module `destroy-guard` says.
const REFUSAL: &str = "Refused: the last apply did not allow it";

pub(super) struct LocalCloud {
    // Dropped in this order: the emulator ends its containers while there is an engine.
    emulator: Emulator,
    engine: Option<ContainerEngine>,
    terraform: Terraform,
}

impl LocalCloud {
    pub(super) fn start(speed: u32, without_containers: bool) -> Result<Self> {
        // The engine has to know the registry's port, and the emulator the engine's socket.
        let registry = free_address()?;
        let engine = if without_containers { None } else { engine(registry) };
        match &engine {
            Some(engine) => say(&format!("tasks run as real containers: {}", engine.description())),
            None => {
                say("tasks are modelled by the emulator: they start, answer health checks and end, but run nothing")
            }
        }
        let emulator = Emulator::start(EmulatorOptions {
            speed,
            port: registry.port(),
            container_engine_socket: engine.as_ref().map(|engine| engine.socket().to_owned()),
            ..EmulatorOptions::default()
        })?;
        say(&format!("the local AWS answers at {}; its waiting times are divided by {speed}", emulator.endpoint()));
        let terraform = Terraform::find(emulator.environment())?;
        say(&format!("Terraform takes its provider from {}", terraform.provider_source()));
        let made = emulator.create_bucket(STATE_BUCKET)?.status();
        if !made.is_success() {
            return Err(format!("the bucket of the states could not be made: {made}").into());
        }
        Ok(Self { emulator, engine, terraform })
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        self.emulator.environment()
    }

    pub(super) fn registry(&self) -> SocketAddr {
        self.emulator.address()
    }

    pub(super) fn engine(&self) -> Option<&ContainerEngine> {
        self.engine.as_ref()
    }

    pub(super) fn runs_containers(&self) -> bool {
        self.engine.is_some()
    }

    /// `terraform init` of the roots, then `apply` side by side, in the background.
    pub(super) fn start_provisioning(&self, clone: &Path, environments: &[&str]) -> Result<Background> {
        for environment in environments {
            let folder = root(clone, environment);
            let backend = folder.join("emulator.tfbackend.local");
            let key = format!("environments/{environment}/terraform.tfstate");
            write_local_backend(&backend, &self.emulator.endpoint(), STATE_BUCKET, &key)?;
            say(&format!("$ (cd terraform/environments/{environment} && terraform init && terraform apply)"));
            self.terraform.init(&folder, Some(&backend))?;
        }
        Ok(Background::start(&self.terraform, roots(clone, environments), |terraform, folder| {
            terraform.apply(folder, &[])
        }))
    }

    /// Waits until an environment is applied.
    pub(super) fn provisioned(&self, provisioning: &mut Background, environment: &str) -> Result<()> {
        let took = provisioning.wait(environment, say)?;
        say(&format!("{environment}: applied after {} s", took.as_secs()));
        Ok(())
    }

    pub(super) fn plan(&self, clone: &Path, environment: &str) -> Result<PlanResult> {
        Ok(self.terraform.plan(&root(clone, environment), &[])?)
    }

    /// What a plan of an environment would change.
    pub(super) fn planned_changes(&self, clone: &Path, environment: &str) -> Result<PlannedChanges> {
        Ok(self.terraform.planned_changes(&root(clone, environment), &[])?)
    }

    /// `terraform destroy` of an environment that was not told that it may: how soon it is refused, with nothing gone.
    pub(super) fn refuse_to_destroy(&self, clone: &Path, environment: &str) -> Result<Duration> {
        let began = Instant::now();
        let refused = match self.terraform.destroy(&root(clone, environment), &[]) {
            Ok(()) => return Err(format!("`terraform destroy` of {environment} was not refused").into()),
            Err(refused) => refused,
        };
        let took = began.elapsed();
        if !causes(&refused).any(|cause| cause.to_string().contains(REFUSAL)) {
            return Err(refused.into());
        }
        let gone = self.planned_changes(clone, environment)?.addresses;
        if gone.is_empty() { Ok(took) } else { Err(format!("a refused destroy of {environment} took {gone:?}").into()) }
    }

    /// `terraform destroy` of the roots, after they were told that they may.
    pub(super) fn destroy(&self, clone: &Path, environments: &[&str]) -> Result<()> {
        let mut destruction = Background::start(&self.terraform, roots(clone, environments), |terraform, folder| {
            let variables = ["allow_destroy=true"];
            terraform.apply(folder, &variables)?;
            terraform.destroy(folder, &variables)
        });
        for environment in environments {
            let took = destruction.wait(environment, say)?;
            say(&format!("{environment}: destroyed after {} s", took.as_secs()));
        }
        Ok(())
    }

    /// The platform contract of an environment.
    pub(super) fn platform(&self, environment: &str) -> Result<Value> {
        self.emulator.platform_contract(environment)
    }

    /// What a distribution answers to a browser: status and body.
    pub(super) fn served(&self, domain_name: &str, path: &str) -> Result<(u16, String)> {
        let mut answer = self.emulator.get_from_distribution(domain_name, path)?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
    }

    /// The status that a bucket answers to whoever sends no credentials.
    pub(super) fn bucket_status(&self, bucket: &str, key: &str) -> Result<u16> {
        Ok(self.emulator.get_object_anonymously(bucket, key)?.status().as_u16())
    }

    /// Where the load balancer of an environment answers with app's version.
    pub(super) fn version_url(&self, platform: &Value) -> Result<String> {
        // arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>
        let arn = text(&platform["load_balancer"]["arn"])?;
        let name = arn.rsplit('/').nth(1).ok_or("the load balancer has no name")?;
        Ok(format!("{}/_alb/{name}/version", self.emulator.endpoint()))
    }
}

fn engine(registry: SocketAddr) -> Option<ContainerEngine> {
    match ContainerEngine::find_or_install(registry) {
        Ok(engine) => Some(engine),
        Err(reason) => {
            let why: Vec<_> = causes(&reason).map(ToString::to_string).collect();
            say(&format!("no containers here: {}", why.join(": ")));
            None
        }
    }
}

fn roots(clone: &Path, environments: &[&str]) -> Vec<(String, PathBuf)> {
    environments.iter().map(|environment| ((*environment).to_owned(), root(clone, environment))).collect()
}

fn root(clone: &Path, environment: &str) -> PathBuf {
    clone.join("terraform/environments").join(environment)
}
