//! What a declaration may say of sites, and of the builds that they serve.

use ops_model::declaration::{BuildContent, Declaration, Faults, SourceFile, read};

const BARE: &str = "\
version: 1
environment: dev
account: \"000000000000\"
region: ap-northeast-2
ops_bucket: slipway-dev-ops
network: { cidr: 10.10.0.0/16, zones: [ap-northeast-2a, ap-northeast-2c] }
";

const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn read_both(parts: &str, artifacts: &str) -> Result<Declaration, Faults> {
    let builds = format!("version: 1\nartifacts: {artifacts}\n");
    let environment = SourceFile::new("environment.yaml", format!("{BARE}{parts}"));
    read("dev", &environment, &SourceFile::new("builds.yaml", builds))
}

fn site(settings: &str) -> String {
    format!("sites:\n  web: {{ {settings} }}\n")
}

/// Code and underlined text of each fault.
fn faults(parts: &str, artifacts: &str) -> Vec<(&'static str, String)> {
    let Err(faults) = read_both(parts, artifacts) else { return Vec::new() };
    let text = |fault: &ops_model::declaration::Fault| {
        let source = faults.sources.get(&fault.file).expect("a file of text");
        fault.span.clone().and_then(|span| source.text().get(span)).unwrap_or_default().to_owned()
    };
    faults.faults.iter().map(|fault| (fault.code, text(fault))).collect()
}

fn code(settings: &str) -> Vec<&'static str> {
    faults(&site(settings), "{}").into_iter().map(|(code, _)| code).collect()
}

#[test]
fn a_site_says_little_and_may_say_much() {
    let bare = read_both(&site(""), "{}").expect("no faults").environment.sites["web"].clone();
    assert_eq!((bare.artifact, bare.keep_builds, bare.entry.as_str()), (None, 3, "index.html"));
    let much = "artifact: console, keep_builds: 20, immutable: [\"fonts/**\", \"*.ico\"], \
        headers: [{ files: \"reports/**\", cache_control: max-age=60, content_type: text/csv, content_language: ko, \
        content_disposition: attachment }]";
    let much = read_both(&site(much), "{}").expect("no faults").environment.sites["web"].clone();
    assert_eq!((much.keep_builds, much.immutable.len(), much.headers.len()), (20, 2, 1));
}

#[test]
fn what_makes_no_sense_of_a_site_is_a_fault_in_its_place() {
    assert_eq!(code("keep_builds: 0"), ["declaration::out_of_bounds"]);
    assert_eq!(code("keep_builds: 21"), ["declaration::out_of_bounds"]);
    assert_eq!(code("artifact: Console"), ["declaration::wrong_form"]);
    assert_eq!(code("immutable: [\"assets/{a,b}\"]"), ["declaration::wrong_form"]);
    assert_eq!(code("headers: [{ files: \"/a\", cache_control: no-cache }]"), ["declaration::wrong_form"]);
    assert_eq!(code("headers: [{ files: \"*\" }]"), ["declaration::site_headers"]);
    assert_eq!(code("headers: [{ files: \"*.js\", cache_control: \"ü\" }]"), ["declaration::wrong_form"]);
    assert_eq!(code("headers: [{ cache_control: no-cache }]"), ["declaration::missing_key"]);
    assert_eq!(code("backend: [/api/*]"), ["declaration::site_backend"]);
    assert_eq!(code("backend: [api/*]"), ["declaration::site_backend", "declaration::wrong_form"]);
    assert!(code("single_page: true, error_page: 404.html").is_empty(), "a file that is missing stays missing");
    assert_eq!(code("entry: .slipway/current.json"), ["declaration::site_page"]);
    assert_eq!(
        faults(&site("error_page: 404.html, immutable: [\"*.html\"]"), "{}"),
        [("declaration::site_page", "\"*.html\"".to_owned())]
    );
    assert_eq!(
        code("headers: [{ files: \"**\", cache_control: \"max-age=1, IMMUTABLE\" }]"),
        ["declaration::site_page"]
    );
    assert!(code("immutable: [\"assets/*.html\"]").is_empty());
}

#[test]
fn a_build_is_an_image_or_a_bundle() {
    let bundle = format!(
        "{{ console: {{ bundle: s3://slipway-dev-ops/bundles/aa.json, digest: \"{DIGEST}\", version: \"1\" }} }}"
    );
    let declaration = read_both(&site("artifact: console"), &bundle).expect("no faults");
    let build = &declaration.builds.artifacts["console"];
    assert_eq!(build.content, BuildContent::Bundle("s3://slipway-dev-ops/bundles/aa.json".to_owned()));
    assert_eq!((build.pinned_image(), build.pinned().ends_with(DIGEST)), (None, true));

    let neither = format!("{{ console: {{ digest: \"{DIGEST}\", version: \"1\" }} }}");
    assert_eq!(faults("", &neither), [("declaration::build", "console".to_owned())]);
    let both = format!(
        "{{ console: {{ bundle: s3://slipway-dev-ops/bundles/aa.zip, image: example.org/app, digest: \"{DIGEST}\", version: \"1\" }} }}"
    );
    assert_eq!(faults("", &both), [("declaration::build", "bundle".to_owned())]);
    let nowhere = format!("{{ console: {{ bundle: bundles/aa.zip, digest: \"{DIGEST}\", version: \"1\" }} }}");
    assert_eq!(faults("", &nowhere)[0].0, "declaration::wrong_form");
}

#[test]
fn sites_serve_bundles_and_services_run_images() {
    let image = format!("{{ app: {{ image: example.org/app, digest: \"{DIGEST}\", version: \"1\" }} }}");
    let bundle = format!("{{ app: {{ bundle: s3://slipway-dev-ops/a.zip, digest: \"{DIGEST}\", version: \"1\" }} }}");
    let service = "services:\n  api: { artifact: app, cpu: 256, memory: 512 }\n";
    assert_eq!(faults(&site("artifact: app"), &image), [("declaration::artifact", "app".to_owned())]);
    assert_eq!(faults(service, &bundle), [("declaration::artifact", "app".to_owned())]);
    assert!(faults(&site("artifact: app"), &bundle).is_empty());
    assert!(faults(service, &image).is_empty());
    assert!(faults(&site("artifact: other"), &bundle).is_empty(), "it waits for its build");
}
