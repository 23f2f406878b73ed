use std::path::Path;

use crate::sandbox::Sandbox;

fn assert_fresh(file: &str) {
    let run = Sandbox::empty().ops(&["schema", file]);
    assert_eq!(run.exit_code, Some(0), "{run}");
    let path = format!("infra/schema/{file}.schema.json");
    let checked_in = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(&path));
    let remedy = format!("run: cargo run -p ops -- schema {file} > {path}");
    assert_eq!(checked_in.ok(), Some(run.stdout), "{path} is not what the types say; {remedy}");
}

#[test]
fn schema_of_environments_is_fresh() {
    assert_fresh("environment");
}

#[test]
fn schema_of_builds_is_fresh() {
    assert_fresh("builds");
}

#[test]
fn schema_of_the_platform_contract_is_fresh() {
    assert_fresh("platform");
}

#[test]
fn files_name_their_schema() {
    let infra = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra");
    for environment in ["dev", "prod"] {
        for file in ["environment", "builds"] {
            let path = infra.join("environments").join(environment).join(format!("{file}.yaml"));
            let text = std::fs::read_to_string(&path).expect("the file is there");
            let reference = text.lines().next().and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
            let reference = reference.expect("the first line names the schema");
            assert!(path.parent().expect("it has a folder").join(reference).is_file(), "{}", path.display());
        }
    }
}
