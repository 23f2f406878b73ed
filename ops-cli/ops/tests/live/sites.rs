//! A site, from a folder to a browser.

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::Fixture;

const WITH_SITE: &str = "  api:
    artifact: app
    cpu: 256
    memory: 512
    count: 1
    port: 8080
    public: { path: /* }
sites:
  console: { artifact: console }
";

const BUCKET: &str = "slipway-dev-site-console";

struct Site {
    fixture: Fixture,
    domain_name: String,
}

impl Site {
    fn start() -> Self {
        let fixture = Fixture::start_with(WITH_SITE);
        let platform = fixture.account.get_object("slipway-dev-ops", "platform.json");
        let domain_name = platform["sites"]["console"]["domain_name"].as_str().expect("a name").to_owned();
        Self { fixture, domain_name }
    }

    /// Builds a front-end, promotes it and deploys it.
    fn publish(&self, version: &str) {
        let folder = self.fixture.team.folder().join(format!("dist-{version}"));
        let script = format!("assets/app-{}a1b2c3d.js", version.replace('.', ""));
        let files = [
            ("index.html", format!("<script src=/{script}></script> {version}")),
            (script.as_str(), format!("console.log('{version}')")),
            ("robots.txt", "User-agent: *".to_owned()),
            ("with space/ü.txt", "text".to_owned()),
        ];
        for (path, text) in &files {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().expect("it has a folder")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        }
        let bundle = format!("console={}", folder.display());
        let run = self.fixture.ops(&["promote", "dev", "--bundle", &bundle, "--build-version", version]);
        assert_eq!(run.exit_code, Some(0), "{run}");
        self.reconcile();
    }

    fn reconcile(&self) {
        let run = self.fixture.ops(&["reconcile", "dev", "--yes"]);
        assert_eq!(run.exit_code, Some(0), "{run}");
    }

    fn serves(&self, path: &str) -> String {
        let page = self.fixture.account.browse(&self.domain_name, path);
        assert_eq!(page.status, 200, "{path}: {page:?}");
        page.text
    }
}

#[test]
fn a_site_is_published_changed_and_rolled_back() {
    let _filters = filters::bind();
    let site = Site::start();
    let Site { fixture, domain_name } = &site;
    assert_snapshot!("site_waits_for_build", fixture.ops(&["plan", "dev"]));
    site.publish("1.0.0");
    assert!(site.serves("/").ends_with("1.0.0"));
    assert_eq!(site.serves("/with%20space/%C3%BC.txt"), "text");
    let page = fixture.account.browse(domain_name, "/");
    assert_eq!((page.content_type.as_str(), page.cache_control.as_str()), ("text/html; charset=utf-8", "no-cache"));
    let script = fixture.account.browse(domain_name, "/assets/app-100a1b2c3d.js");
    assert_eq!(script.cache_control, "public, max-age=31536000, immutable");

    // The bucket itself tells nobody anything.
    assert_eq!(fixture.account.ask_bucket(BUCKET, "index.html").status, 403);
    assert_snapshot!("site_in_sync", fixture.ops(&["plan", "dev"]));
    let status = fixture.json(&["status", "dev"])["environments"][0]["sites"][0].take();
    assert_eq!((&status["standing"], &status["version"]), (&"in_sync".into(), &"1.0.0".into()));
    assert_eq!(status["served_digest"], status["declared_digest"]);
    let shown = fixture.ops(&["status", "dev"]).stdout;
    assert!(shown.contains("dev: site console serves 1.0.0 sha256:"), "{shown}");

    site.publish("2.0.0");
    assert!(site.serves("/").ends_with("2.0.0"));
    assert_eq!(site.serves("/assets/app-100a1b2c3d.js"), "console.log('1.0.0')", "an open tab");

    assert_snapshot!("site_rollback", fixture.ops(&["rollback", "dev"]));
    assert_snapshot!("site_rollback_plan", fixture.ops(&["plan", "dev"]));
    site.reconcile();
    assert!(site.serves("/").ends_with("1.0.0"));
    assert_eq!(fixture.ops(&["plan", "dev", "--exit-code"]).exit_code, Some(0));
}

#[test]
fn what_somebody_else_does_to_a_site_is_named_and_undone() {
    let _filters = filters::bind();
    let site = Site::start();
    site.publish("1.0.0");
    let account = &site.fixture.account;
    account.put_object(BUCKET, "index.html", &"defaced".into());
    account.delete_object(BUCKET, "robots.txt");
    account.put_object(BUCKET, "foreign.html", &"foreign".into());
    account.open_bucket(BUCKET);
    assert_snapshot!("site_drift", site.fixture.ops(&["plan", "dev"]));
    site.reconcile();
    assert!(site.serves("/").ends_with("1.0.0"));
    assert_eq!(site.serves("/robots.txt"), "User-agent: *");
    assert_eq!(account.browse(&site.domain_name, "/foreign.html").status, 404);
    assert_eq!(site.fixture.ops(&["plan", "dev", "--exit-code"]).exit_code, Some(0));
}

#[test]
fn what_is_no_bundle_is_refused_before_anything_is_stored() {
    let _filters = filters::bind();
    let site = Site::start();
    let folder = site.fixture.team.folder().join("dist");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("main.html"), "no entry page").expect("a file");
    let promote = |artifact: &str| {
        let bundle = format!("{artifact}={}", folder.display());
        site.fixture.ops(&["promote", "dev", "--bundle", &bundle, "--build-version", "1.0.0"])
    };
    assert_snapshot!("bundle_without_entry_page", promote("console"));
    assert_snapshot!("bundle_of_no_site", promote("other"));
    assert!(!site.fixture.account.objects("slipway-dev-ops").iter().any(|key| key.starts_with("bundles/")));
}
