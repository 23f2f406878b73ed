//! The emulator, the container engine under it where there is one, and Terraform against it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Result, say, text};
use crate::container_engine::ContainerEngine;
use crate::emulator::{Emulator, EmulatorOptions};
use crate::terraform::{PlanResult, Terraform, write_local_backend};

/// Most of the time of an apply is the provider's own waiting for a load balancer.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

const STATE_BUCKET: &str = "slipway-state-000000000000";

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
        ureq::put(format!("{}/{STATE_BUCKET}", emulator.endpoint())).send_empty()?;
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

    /// `terraform init` and `apply` of the roots, side by side.
    pub(super) fn provision(&self, clone: &Path, environments: &[&str]) -> Result<()> {
        for environment in environments {
            let folder = root(clone, environment);
            let backend = folder.join("emulator.tfbackend.local");
            let key = format!("environments/{environment}/terraform.tfstate");
            write_local_backend(&backend, &self.emulator.endpoint(), STATE_BUCKET, &key)?;
            say(&format!("$ (cd terraform/environments/{environment} && terraform init && terraform apply)"));
            self.terraform.init(&folder, Some(&backend))?;
        }
        self.side_by_side(clone, environments, "applied", |folder| self.terraform.apply(folder, &[]))
    }

    pub(super) fn plan(&self, clone: &Path, environment: &str) -> Result<PlanResult> {
        Ok(self.terraform.plan(&root(clone, environment), &[])?)
    }

    /// Addresses of what a plan of an environment would change.
    pub(super) fn planned_changes(&self, clone: &Path, environment: &str) -> Result<Vec<String>> {
        Ok(self.terraform.planned_changes(&root(clone, environment), &[])?)
    }

    /// `terraform destroy` of the roots, after they were told that they may.
    pub(super) fn destroy(&self, clone: &Path, environments: &[&str]) -> Result<()> {
        let variables = ["allow_destroy=true"];
        self.side_by_side(clone, environments, "destroyed", |folder| {
            self.terraform.apply(folder, &variables)?;
            self.terraform.destroy(folder, &variables)
        })
    }

    /// The platform contract of an environment.
    pub(super) fn platform(&self, environment: &str) -> Result<Value> {
        let url = format!("{}/slipway-{environment}-ops-000000000000/platform.json", self.emulator.endpoint());
        Ok(serde_json::from_str(&ureq::get(url).call()?.body_mut().read_to_string()?)?)
    }

    /// Where the load balancer of an environment answers with app's version.
    pub(super) fn version_url(&self, platform: &Value) -> Result<String> {
        // arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>
        let arn = text(&platform["load_balancer"]["arn"])?;
        let name = arn.rsplit('/').nth(1).ok_or("the load balancer has no name")?;
        Ok(format!("{}/_alb/{name}/version", self.emulator.endpoint()))
    }

    /// The same work on each root at once, with a sign of life while it lasts.
    fn side_by_side<E: std::error::Error + Send + 'static>(
        &self,
        clone: &Path,
        environments: &[&str],
        done: &str,
        work: impl Fn(&Path) -> std::result::Result<(), E> + Sync,
    ) -> Result<()> {
        let (work, began) = (&work, Instant::now());
        let (finished, results) = channel();
        thread::scope(|scope| {
            for environment in environments {
                let finished = finished.clone();
                scope.spawn(move || {
                    // The receiver lives as long as the scope.
                    let _ = finished.send((*environment, work(&root(clone, environment))));
                });
            }
            drop(finished);
            loop {
                match results.recv_timeout(SIGN_OF_LIFE) {
                    Ok((environment, result)) => {
                        result?;
                        say(&format!("{environment}: {done} after {} s", began.elapsed().as_secs()));
                    }
                    Err(RecvTimeoutError::Timeout) => say(&format!("  … {} s", began.elapsed().as_secs())),
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
            }
        })
    }
}

fn engine(registry: SocketAddr) -> Option<ContainerEngine> {
    match ContainerEngine::find_or_install(registry) {
        Ok(engine) => Some(engine),
        Err(reason) => {
            let mut why: Vec<String> = vec![reason.to_string()];
            let mut cause = std::error::Error::source(&reason);
            while let Some(error) = cause {
                why.push(error.to_string());
                cause = error.source();
            }
            say(&format!("no containers here: {}", why.join(": ")));
            None
        }
    }
}

fn root(clone: &Path, environment: &str) -> PathBuf {
    clone.join("terraform/environments").join(environment)
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
