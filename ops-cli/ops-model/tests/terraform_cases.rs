//! ops and Terraform take the same declarations: the cases of Terraform's own tests, read by ops.
//!
//! The other way round, Terraform's tests read the wrong declarations of `ops check`
//! (`terraform/modules/declaration/tests/table/ops.tf`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ops_model::declaration::{Faults, SourceFile, read};

/// What Terraform refuses and ops does not, with the reason. None is known.
const TERRAFORM_ALONE: &[(&str, &str)] = &[];

fn cases(folder: &str) -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../terraform/modules/declaration/tests").join(folder);
    let files =
        fs::read_dir(&folder).expect("the cases are there").map(|entry| entry.expect("it can be listed").path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| (path.file_stem().expect("it has a name").to_string_lossy().into_owned(), path))
        .collect()
}

fn check(path: &Path) -> Result<(), Faults> {
    let text = fs::read(path).expect("the case can be read");
    let builds = SourceFile::new("builds.yaml", "version: 1\nartifacts: {}\n");
    read("dev", &SourceFile::new("environment.yaml", text), &builds).map(|_| ())
}

/// What each tool says, side by side, so that a case that is refused for another reason is seen in review.
#[test]
fn what_terraform_refuses_is_refused() {
    let cases = cases("wrong");
    assert!(cases.len() >= 408, "only {} cases were found", cases.len());
    let mut said = String::new();
    let mut accepted = Vec::new();
    for (name, path) in &cases {
        let terraform = fs::read_to_string(path.with_extension("faults")).expect("Terraform's faults are there");
        said.push_str(&format!("{name}\n"));
        terraform.lines().for_each(|fault| said.push_str(&format!("  terraform  {fault}\n")));
        match check(path) {
            Ok(()) => accepted.push(name.as_str()),
            Err(faults) => {
                for fault in &faults.faults {
                    assert!(fault.remedy.is_some(), "{name}: no remedy: {fault:?}");
                    let line = faults.position(fault).map_or(0, |(line, _)| line);
                    said.push_str(&format!("  ops        line {line}: {} ({})\n", fault.message, fault.label));
                }
            }
        }
    }
    let exceptions: Vec<&str> = TERRAFORM_ALONE.iter().map(|(name, _)| *name).collect();
    assert_eq!(accepted, exceptions, "Terraform refuses them, and ops accepts them");
    insta::assert_snapshot!(said);
}

#[test]
fn what_terraform_cannot_parse_is_refused() {
    let cases = cases("unparsable");
    assert!(cases.len() >= 5);
    for (name, path) in cases {
        assert!(check(&path).is_err(), "{name}");
    }
}

#[test]
fn what_terraform_accepts_is_accepted() {
    let cases = cases("");
    assert!(cases.len() >= 4);
    for (name, path) in cases {
        let result = check(&path);
        assert!(result.is_ok(), "{name}: {result:?}");
    }
}
