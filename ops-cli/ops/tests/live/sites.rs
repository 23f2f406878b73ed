//! A site, from a folder to a browser.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;

use crate::filters;
use crate::fixture::{Fixture, until};

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

/// Files of a build by path.
type Files = BTreeMap<String, String>;

/// Scripts of a large front-end.
const SCRIPTS: usize = 400;

/// A front-end of an entry page and scripts with hashes in their names. A part of them is of another generation.
fn large(version: &str, another: usize, generation: u32) -> Files {
    let script = |number: usize| {
        let generation = if number < another { generation } else { 1 };
        let text = format!("console.log({number}, {generation})");
        (format!("assets/part-{generation}{number:05}abc.js"), text)
    };
    let page = ("index.html".to_owned(), format!("the entry page of {version}"));
    (0..SCRIPTS).map(script).chain([page]).collect()
}

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
        let script = format!("assets/app-{}a1b2c3d.js", version.replace('.', ""));
        let files = [
            ("index.html", format!("<script src=/{script}></script> {version}")),
            (script.as_str(), format!("console.log('{version}')")),
            ("robots.txt", "User-agent: *".to_owned()),
            ("with space/ü.txt", "text".to_owned()),
        ];
        self.promote(version, files.map(|(path, text)| (path.to_owned(), text)));
        self.reconcile();
    }

    /// Writes a front-end of these files and promotes it.
    fn promote(&self, version: &str, files: impl IntoIterator<Item = (String, String)>) {
        let folder = self.fixture.team.folder().join(format!("dist-{version}"));
        for (path, text) in files {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().expect("it has a folder")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        }
        let bundle = format!("console={}", folder.display());
        let run = self.fixture.ops(&["promote", "dev", "--bundle", &bundle, "--build-version", version]);
        assert_eq!(run.exit_code, Some(0), "{run}");
    }

    /// Everything that browsers get is of this build.
    fn serves_whole(&self, files: &Files) {
        for (path, text) in files {
            assert_eq!(self.serves(&format!("/{path}")), *text, "{path}");
        }
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

#[test]
fn a_publication_that_is_killed_leaves_the_old_build_whole_and_goes_on() {
    let _filters = filters::bind();
    let site = Site::start();
    let Site { fixture, .. } = &site;
    let (old, new) = (large("1.0.0", 0, 1), large("2.0.0", SCRIPTS, 2));
    site.promote("1.0.0", old.clone());
    site.reconcile();
    site.serves_whole(&old);
    let before = fixture.account.objects(BUCKET).len();

    site.promote("2.0.0", new.clone());
    let killed = fixture.spawn(&["reconcile", "dev", "--yes"]);
    until("it uploads", || fixture.account.objects(BUCKET).len() >= before + 20);
    killed.kill();
    let uploaded = fixture.account.objects(BUCKET).len() - before;
    assert!(uploaded < SCRIPTS, "killed in the middle: {uploaded}");
    site.serves_whole(&old);
    let current = fixture.account.get_object(BUCKET, ".slipway/current.json");
    assert_eq!(current["state"], "live", "nobody has begun to flip");

    site.reconcile();
    site.serves_whole(&new);
    // Who has the old build open finds its files.
    for (path, text) in old.iter().filter(|(path, _)| path.starts_with("assets/")) {
        assert_eq!(site.serves(&format!("/{path}")), *text);
    }
    assert_eq!(fixture.ops(&["plan", "dev", "--exit-code"]).exit_code, Some(0));
}

#[test]
fn of_two_publications_at_once_one_is_told_who_publishes_and_may_wait() {
    let _filters = filters::bind();
    let site = Site::start();
    let Site { fixture, .. } = &site;
    let (old, new) = (large("1.0.0", 0, 1), large("2.0.0", SCRIPTS, 2));
    site.promote("1.0.0", old);
    site.reconcile();
    let before = fixture.account.objects(BUCKET).len();

    site.promote("2.0.0", new.clone());
    let first = fixture.spawn(&["reconcile", "dev", "--yes"]);
    until("it uploads", || fixture.account.objects(BUCKET).len() > before);
    let waiting = fixture.spawn(&["reconcile", "dev", "--yes", "--wait", "60"]);
    let refused = fixture.ops(&["reconcile", "dev", "--yes"]);
    assert_eq!(refused.exit_code, Some(8), "{refused}");
    assert!(refused.stderr.contains(&format!("process {} on ", first.process())), "{refused}");

    let first = fixture.finish(first);
    assert_eq!(first.exit_code, Some(0), "{first}");
    let waited = fixture.finish(waiting);
    assert_eq!(waited.exit_code, Some(0), "{waited}");
    assert!(first.stdout.contains("dev: succeeded"), "{first}");
    assert!(waited.stdout.contains("dev: in sync"), "nothing was left to publish: {waited}");
    site.serves_whole(&new);
    assert_eq!(fixture.ops(&["plan", "dev", "--exit-code"]).exit_code, Some(0));
}

#[test]
fn a_small_change_of_a_large_site_uploads_what_changed_and_nothing_else() {
    let _filters = filters::bind();
    let site = Site::start();
    let Site { fixture, .. } = &site;
    site.promote("1.0.0", large("1.0.0", 0, 1));
    site.reconcile();
    let account = &fixture.account;
    let before: BTreeSet<_> = account.objects(BUCKET).into_iter().collect();

    let new = large("2.0.0", SCRIPTS / 100, 2);
    site.promote("2.0.0", new.clone());
    let record = fixture.json(&["reconcile", "dev", "--yes"]);
    assert_eq!(record["outcome"], "succeeded", "{record}");
    site.serves_whole(&new);
    let after: BTreeSet<_> = account.objects(BUCKET).into_iter().collect();
    let came: Vec<_> = after.difference(&before).collect();
    let of = |beginning: &str| came.iter().filter(|key| key.starts_with(beginning)).count();
    let counts = (of("assets/"), of(".slipway/files/"), of(".slipway/builds/"), came.len());
    assert_eq!(counts, (SCRIPTS / 100, 1, 1, SCRIPTS / 100 + 2), "{came:?}");
    // Scripts and the entry page are copied from the bundle, and the page into place; what is written are lease and notes.
    let calls = |operation: &str| record["calls"][operation].as_u64().unwrap_or_default();
    assert_eq!(calls("s3:CopyObject"), (SCRIPTS / 100 + 2) as u64, "{record}");
    assert!(calls("s3:PutObject") < 8, "{record}");
    assert_eq!(fixture.ops(&["plan", "dev", "--exit-code"]).exit_code, Some(0));
}
