//! The web console on its way to browsers: two builds, the distribution before them, and back.

use serde_json::Value;

use super::local_cloud::LocalCloud;
use super::shell::Shell;
use super::{Result, require_outcome, say, text};
use crate::console;

/// A site whose entry page names its assets, and whose script holds the version that it was built as.
pub(super) struct FrontEnd<'a> {
    shell: &'a Shell,
    cloud: &'a LocalCloud,
    bucket: String,
    domain_name: String,
}

/// What a browser holds of an open page.
pub(super) struct OpenPage {
    assets: Vec<String>,
}

impl<'a> FrontEnd<'a> {
    /// Of the environment with this platform contract.
    pub(super) fn new(shell: &'a Shell, cloud: &'a LocalCloud, platform: &Value) -> Result<Self> {
        let site = &platform["sites"]["console"];
        Ok(Self { shell, cloud, bucket: text(&site["bucket"])?, domain_name: text(&site["domain_name"])? })
    }

    /// What CI does after a merge: compile, put the bundle into dev's builds, push the commit.
    pub(super) fn deploy_to_dev(&self, version: &str) -> Result<()> {
        let bundle = console::build(version)?;
        let commit = self.shell.capture("git", &["rev-parse", "HEAD"])?;
        let bundle = format!("console={}", bundle.display());
        self.shell.show(
            "ops",
            &["promote", "dev", "--bundle", &bundle, "--build-version", version, "--build-commit", &commit],
        )?;
        self.push()
    }

    /// The earlier build, again by a commit.
    pub(super) fn roll_back(&self) -> Result<()> {
        self.shell.show("ops", &["rollback", "dev"])?;
        self.push()
    }

    fn push(&self) -> Result<()> {
        self.shell.show("git", &["push", "origin", "main"])?;
        require_outcome(self.shell, "dev", "succeeded")
    }

    /// Opens the page as a browser does: it has to be of this version, and all of it there.
    pub(super) fn open(&self, version: &str) -> Result<OpenPage> {
        let page = self.served("")?;
        let assets: Vec<_> = page.split('"').filter_map(|part| part.strip_prefix("/assets/")).map(asset).collect();
        let files = assets.iter().map(|asset| self.served(asset)).collect::<Result<Vec<_>>>()?;
        if !files.iter().any(|file| file.contains(version)) {
            return Err(format!("https://{} does not show version {version}: {assets:?}", self.domain_name).into());
        }
        say(&format!("https://{} shows version {version}", self.domain_name));
        Ok(OpenPage { assets })
    }

    /// A page that was opened before a deployment still finds what it loads later.
    pub(super) fn require_still_served(&self, page: &OpenPage) -> Result<()> {
        for asset in &page.assets {
            self.served(asset)?;
        }
        say("a page that was open before still finds its files");
        Ok(())
    }

    /// Who asks the bucket itself is refused, and a path of the backend reaches the service behind the load balancer.
    pub(super) fn require_one_way_in(&self) -> Result<()> {
        let direct = self.cloud.bucket_status(&self.bucket, "index.html")?;
        if direct != 403 {
            return Err(format!("the bucket answers {direct} to anybody").into());
        }
        say("the bucket itself answers 403");
        if self.cloud.runs_containers() {
            let version: Value = serde_json::from_str(&self.served("version")?)?;
            say(&format!("its /version is that of the service: {}", text(&version["version"])?));
        }
        Ok(())
    }

    fn served(&self, path: &str) -> Result<String> {
        let (status, body) = self.cloud.served(&self.domain_name, path)?;
        if status == 200 {
            Ok(body)
        } else {
            Err(format!("https://{}/{path} answers {status}", self.domain_name).into())
        }
    }
}

fn asset(name: &str) -> String {
    format!("assets/{name}")
}
