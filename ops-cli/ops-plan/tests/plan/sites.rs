//! Sites: what is planned, and that it leaves nothing to plan.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use ops_model::bundle::{Bundle, BundleFile, hexadecimal};
use ops_model::declaration::Build;
use ops_model::plan::{Act, Gate, SiteAct, SiteGate, SiteStanding, SiteWork};
use ops_model::precompressed::ContentCoding;
use ops_model::site::{
    CurrentBuild, ErrorResponse, ObjectDetails, ObjectHeaders, ObservedDistribution, ObservedObject, ObservedSite,
    PublicAccess, SiteState, WantedBundle, build_key,
};
use serde_json::json;

use crate::fixture::{Fixture, text};

const ENVIRONMENT: &str = r#"
version: 1
environment: dev
account: "000000000000"
region: ap-northeast-2
ops_bucket: dev-ops
network: { cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }
sites:
  web: { artifact: web, error_page: 404.html }
services: {}
"#;

/// A front-end of so many files that never change, beside four that do.
fn files(version: &str, assets: usize) -> BTreeMap<String, BundleFile> {
    let file = |content: &str| BundleFile { sha256: sha256(content), size: 1500 };
    let mut files = BTreeMap::from([
        ("index.html".to_owned(), file(&format!("index {version}"))),
        ("404.html".to_owned(), file("not found")),
        ("robots.txt".to_owned(), file("robots")),
        ("data.json".to_owned(), file(&format!("data {version}"))),
    ]);
    files.extend((0..assets).map(|number| {
        // One in a hundred is another one in each build.
        let of = if number % 100 == 0 { version } else { "all" };
        let content = format!("asset {number} of {of}");
        (format!("assets/{number}-{of}0000a1b.js"), file(&content))
    }));
    files
}

fn sha256(content: &str) -> String {
    hexadecimal(content.as_bytes()).repeat(8).chars().take(64).collect()
}

fn declared() -> Fixture {
    let mut fixture = Fixture::of(ENVIRONMENT);
    fixture.builds.artifacts.clear();
    let place = json!({
        "bucket": "site-web", "distribution_id": "E1", "domain_name": "d1.cloudfront.net", "url": "https://d1.cloudfront.net",
    });
    fixture.platform.sites.insert("web".to_owned(), serde_json::from_value(place).expect("a place"));
    let distribution = ObservedDistribution {
        enabled: true,
        deployed: true,
        default_root_object: "index.html".to_owned(),
        error_responses: vec![ErrorResponse { code: 404, page: Some("/404.html".to_owned()), answered_as: Some(404) }],
        origin_domain: "site-web.s3.ap-northeast-2.amazonaws.com".to_owned(),
        origin_access_control: "E2".to_owned(),
        viewer_protocol: "redirect-to-https".to_owned(),
        other_behaviours: Vec::new(),
    };
    let mut live = ObservedSite { distribution: Some(distribution), ..ObservedSite::default() };
    close(&mut live);
    fixture.live.sites.insert("web".to_owned(), live);
    fixture
}

fn promote(fixture: &mut Fixture, version: &str, files: BTreeMap<String, BundleFile>) {
    let digest = Bundle { version: 1, files: files.clone() }.digest();
    let place = format!("s3://dev-ops/bundles/{}.json", digest.hexadecimal());
    let build: Build =
        serde_json::from_value(json!({"bundle": place, "digest": digest, "version": version})).expect("a build");
    fixture.builds.artifacts.insert("web".to_owned(), build);
    fixture.site("web").wanted = WantedBundle::Known { files };
}

fn published(assets: usize) -> Fixture {
    let mut fixture = declared();
    promote(&mut fixture, "1.0.0", files("1", assets));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert!(fixture.plan().in_sync(), "{}", text(&fixture.plan()));
    fixture
}

/// A later second, for an object that somebody writes.
fn now(live: &ObservedSite) -> Timestamp {
    let latest = live.objects.values().map(|object| object.modified).chain(live.current_modified).max();
    latest.unwrap_or(Timestamp::UNIX_EPOCH) + SignedDuration::from_secs(1)
}

fn write(live: &mut ObservedSite, key: &str, sha256: Option<&str>, size: u64, headers: ObjectHeaders) {
    let modified = now(live);
    let entity_tag = format!("\"{}\"", sha256.unwrap_or(&format!("{key} at {modified}")));
    // As S3 tells it when it is asked, which the planner says.
    let details = Some(ObjectDetails { headers, sha256: sha256.map(str::to_owned) });
    live.objects.insert(key.to_owned(), ObservedObject { size, entity_tag, modified, details });
}

pub(crate) fn close(live: &mut ObservedSite) {
    live.public_access = PublicAccess {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
        public_policy: live.public_access.public_policy,
    };
}

/// Everything as it says, and well.
pub(crate) fn carry_out(live: &mut ObservedSite, act: &SiteAct) {
    let (SiteAct::Publish(work) | SiteAct::Repair(work)) = act;
    let mut entity_tags = work.entity_tags.clone();
    for upload in work.uploads.values().flatten() {
        write(live, &upload.key, Some(&upload.sha256), upload.size, upload.headers.clone());
        entity_tags.insert(upload.key.clone(), live.objects[&upload.key].entity_tag.clone());
    }
    for manifest in work.manifest.iter().chain(&work.changed_manifest) {
        write(live, &build_key(&manifest.digest), None, 1, ObjectHeaders::default());
        live.builds.insert(manifest.digest.clone(), manifest.clone());
    }
    for copy in work.copies.iter().flatten() {
        let size = live.objects.get(&copy.from).expect("what is copied is there").size;
        write(live, &copy.to, Some(&copy.sha256), size, copy.headers.clone());
        entity_tags.insert(copy.to.clone(), live.objects[&copy.to].entity_tag.clone());
    }
    for key in work.deletions.iter().chain(&work.removals) {
        live.objects.remove(key).expect("what is deleted is there");
    }
    live.builds.retain(|digest, _| work.kept.contains(digest));
    for object in live.objects.values_mut() {
        object.details = None;
    }
    live.current_modified = Some(now(live));
    live.current_entity_tag = Some("\"current\"".to_owned());
    live.current = Some(CurrentBuild {
        version: CurrentBuild::VERSION,
        build: Some(work.build.clone()),
        since: work.since.unwrap_or(Timestamp::UNIX_EPOCH),
        kept: work.kept.clone(),
        state: SiteState::Live,
        entity_tags,
    });
}

/// How much of what.
pub(crate) fn work(work: &SiteWork) -> String {
    let uploads: usize = work.uploads.values().map(Vec::len).sum();
    let copies: Vec<_> = work.copies.iter().map(|batch| batch.len().to_string()).collect();
    let invalidate = if work.invalidate.len() > 8 { "many paths".to_owned() } else { work.invalidate.join(" ") };
    format!(
        "{uploads} uploads, {} copies, {} deletions, {} removals, forgetting {invalidate}",
        copies.join("+"),
        work.deletions.len(),
        work.removals.len()
    )
}

#[test]
fn a_first_build_is_uploaded_and_put_into_place() {
    let mut fixture = declared();
    assert_eq!(fixture.plan().sites["web"], SiteStanding::WaitsForBuild { artifact: "web".to_owned() });
    promote(&mut fixture, "1.0.0", files("1", 30));
    assert_snapshot!(text(&fixture.plan()));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert_eq!(text(&fixture.plan()), "in sync");
    assert_eq!(fixture.plan().sites["web"], SiteStanding::InSync);
}

#[test]
fn a_change_of_one_in_a_hundred_files_touches_those_alone() {
    let mut fixture = published(10_000);
    promote(&mut fixture, "1.1.0", files("2", 10_000));
    assert_snapshot!(text(&fixture.plan()));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert_eq!(text(&fixture.plan()), "in sync");
    // And back, without an upload.
    promote(&mut fixture, "1.0.0", files("1", 10_000));
    assert_snapshot!(text(&fixture.plan()));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert_eq!(text(&fixture.plan()), "in sync");
}

#[test]
fn builds_that_are_no_longer_kept_go() {
    let mut fixture = published(100);
    fixture.environment.sites.get_mut("web").expect("declared").keep_builds = 2;
    for version in ["2", "3"] {
        promote(&mut fixture, version, files(version, 100));
        let plan = fixture.plan();
        fixture.carry_out(&plan);
        assert_eq!(text(&fixture.plan()), "in sync");
    }
    assert_eq!(fixture.site("web").builds.len(), 2);
    fixture.environment.sites.get_mut("web").expect("declared").keep_builds = 1;
    assert_snapshot!(text(&fixture.plan()));
}

#[test]
fn what_somebody_else_has_done_is_named_and_undone() {
    let mut fixture = published(3);
    let live = fixture.site("web");
    let asset = live.objects.keys().find(|key| key.starts_with("assets/1")).expect("an asset").clone();
    write(live, "index.html", None, 7, ObjectHeaders::default());
    live.objects.remove(&asset);
    write(live, "foreign.html", None, 9, ObjectHeaders::default());
    let robots = sha256("robots");
    write(live, "robots.txt", Some(&robots), 1500, ObjectHeaders::default());
    let PublicAccess { ref mut block_public_policy, ref mut public_policy, .. } = live.public_access;
    (*block_public_policy, *public_policy) = (false, true);
    assert_snapshot!(text(&fixture.plan()));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    assert_eq!(text(&fixture.plan()), "in sync");
}

#[test]
fn the_distribution_is_terraforms_and_holds_what_would_be_published() {
    let mut fixture = published(1);
    fixture.site("web").distribution.as_mut().expect("there").enabled = false;
    let SiteStanding::Distribution { settings } = fixture.plan().sites["web"].clone() else { panic!("it differs") };
    assert_eq!(settings[0].path, "enabled");
    assert!(fixture.plan().in_sync() && fixture.plan().gates.is_empty());
    promote(&mut fixture, "2", files("2", 1));
    assert!(matches!(&fixture.plan().gates[..], [Gate::Site { reason: SiteGate::Distribution { .. }, .. }]));
    fixture.site("web").distribution = None;
    let gates = fixture.plan().gates;
    assert!(
        matches!(&gates[..], [Gate::Site { reason: SiteGate::Distribution { settings }, .. }] if settings.len() == 1)
    );
}

#[test]
fn a_bundle_without_the_declared_pages_is_held() {
    let mut fixture = published(1);
    fixture.environment.sites.get_mut("web").expect("declared").entry = "start.html".to_owned();
    let gates = fixture.plan().gates;
    assert!(matches!(&gates[..], [Gate::Site { reason: SiteGate::Bundle { why }, .. }] if why.contains("start.html")));
}

/// With a variant of each file, another one in each build.
fn packed(version: &str) -> BTreeMap<String, BundleFile> {
    let pack = |(path, file): (String, BundleFile)| {
        let variant = BundleFile { sha256: sha256(&format!("{path} packed {version}")), size: 700 };
        [(format!("{path}.br"), variant), (path, file)]
    };
    files(version, 1).into_iter().flat_map(pack).collect()
}

#[test]
fn variants_are_put_into_place_with_their_files() {
    let mut fixture = declared();
    fixture.environment.sites.get_mut("web").expect("declared").precompressed = vec![ContentCoding::Br];
    promote(&mut fixture, "1.0.0", packed("1"));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    promote(&mut fixture, "2.0.0", packed("2"));
    let plan = fixture.plan();
    let [Act::Site(SiteAct::Publish(work))] = &plan.changes().map(|change| &change.act).collect::<Vec<_>>()[..] else {
        panic!("{}", text(&plan))
    };
    let batches =
        work.copies.iter().map(|batch| batch.iter().map(|copy| copy.to.as_str()).collect::<Vec<_>>().join(" "));
    assert_snapshot!(batches.collect::<Vec<_>>().join("\n"), @r"
    data.json data.json.br robots.txt.br
    404.html.br
    index.html index.html.br
    ");
    assert_snapshot!(work.invalidate.join("\n"), @r"
    /
    /404.html.br
    /data.json
    /data.json.br
    /index.html
    /index.html.br
    /robots.txt.br
    ");
    assert!(plan.changes().all(|change| change.warnings.is_empty()));
}

#[test]
fn a_bundle_without_the_promised_variants_is_held() {
    let mut fixture = published(1);
    fixture.environment.sites.get_mut("web").expect("declared").precompressed = vec![ContentCoding::Br];
    let gates = fixture.plan().gates;
    let [Gate::Site { reason: SiteGate::Bundle { why }, .. }] = &gates[..] else { panic!("{gates:?}") };
    assert_snapshot!(why, @"it lacks 5 variants that `precompressed` promises: 404.html.br, assets/0-10000a1b.js.br, data.json.br, index.html.br, robots.txt.br; pack all files, small ones too (`brotli --best --keep`, `gzip --best --no-name --keep`), or remove `precompressed`");

    // Those of the build before are not there, and will not be for pages that are open.
    promote(&mut fixture, "2.0.0", packed("2"));
    let plan = fixture.plan();
    let warnings: Vec<_> = plan.changes().flat_map(|change| &change.warnings).cloned().collect();
    assert_snapshot!(warnings.join("\n"), @r"
    the build that is served lacks variants: from `terraform apply` until this one is published browsers get 404; publish it first and declare `precompressed` after that
    pages of earlier builds that may still be open ask for variants that those builds lack: assets/0-10000a1b.js.br
    ");
}

/// Whatever is said of variants alone: browsers get them under the name of the file.
#[test]
fn a_variant_of_a_page_may_always_change() {
    let mut fixture = declared();
    let headers = json!([{ "files": "**/*.br", "cache_control": "max-age=1, immutable" }]);
    fixture.environment.sites.get_mut("web").expect("declared").headers =
        serde_json::from_value(headers).expect("headers");
    promote(&mut fixture, "1.0.0", packed("1"));
    let plan = fixture.plan();
    fixture.carry_out(&plan);
    let live = fixture.site("web");
    let of = |path: &str| &live.builds.values().next().expect("published").files[path];
    assert_eq!(of("index.html.br").headers.cache_control, "no-cache");
    assert!(!of("index.html.br").immutable);
}

#[test]
fn only_what_the_listing_leaves_in_doubt_is_asked_for() {
    let mut fixture = published(50);
    assert!(fixture.inputs().doubtful_objects("web").is_empty());
    let live = fixture.site("web");
    write(live, "index.html", None, 7, ObjectHeaders::default());
    write(live, "foreign.html", None, 9, ObjectHeaders::default());
    assert_eq!(fixture.inputs().doubtful_objects("web").into_iter().collect::<Vec<_>>(), ["index.html"]);
}
