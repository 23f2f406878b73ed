//! ops and Terraform take the same declarations: the cases of Terraform's own tests, read by ops.
//!
//! The other way round, Terraform's tests read the wrong declarations of `ops check`
//! (`terraform/modules/declaration/rules/tests/table/main.tf`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ops_model::declaration::{Fault, Faults, SourceFile, read};

/// What Terraform refuses and ops does not, with the reason. None is known.
const TERRAFORM_ALONE: &[(&str, &str)] = &[];

/// Keys that hold entries by name. The files of wrong declarations hold many cases, each in an entry of its own.
const NAMED: [&str; 7] = ["firewall", "queues", "scenarios", "services", "sites", "tasks", "uploads"];

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

/// The entry or, where there are none, the key that a fault of Terraform is about, such as `api` of `services.api.port: …`.
fn entry_of_path(fault: &str) -> &str {
    let path = fault.split(": ").next().unwrap_or_default();
    let mut names = path.split(['.', '[']);
    let key = names.next().unwrap_or_default();
    if NAMED.contains(&key) { names.next().unwrap_or(key) } else { key }
}

/// The same of a line: what is indented by two spaces is an entry.
fn entry_of_line(text: &str, line: usize) -> &str {
    let (mut key, mut entry) = ("", None);
    for text in text.lines().take(line) {
        let name = text.trim_start().split(':').next().unwrap_or_default();
        match text.len() - text.trim_start().len() {
            0 if !name.starts_with('#') => (key, entry) = (name, None),
            2 if !name.starts_with(['#', '-']) => entry = Some(name),
            _ => {}
        }
    }
    entry.filter(|_| NAMED.contains(&key)).unwrap_or(key)
}

/// Both find something wrong in the same entries, or name them: of two that collide, each tool may begin with another one.
fn disagreements(path: &Path, terraform: &str, faults: &Faults) -> Vec<String> {
    let text = fs::read_to_string(path).expect("the case can be read");
    let of_ops =
        faults.faults.iter().filter_map(|fault| Some((entry_of_line(&text, faults.position(fault)?.0), fault)));
    let of_ops: Vec<_> = of_ops.collect();
    let of_terraform: Vec<_> = terraform.lines().map(|fault| (entry_of_path(fault), fault)).collect();
    let says = |fault: &Fault, entry: &str| {
        [&fault.message, &fault.label].iter().any(|said| said.contains(&format!("`{entry}`")))
    };
    let is_the_file = |entry: &&str| *entry == "the file";
    let unseen_by_ops = of_terraform.iter().map(|(entry, _)| *entry).filter(|entry| {
        !is_the_file(entry) && !of_ops.iter().any(|(other, fault)| other == entry || says(fault, entry))
    });
    let unseen_by_terraform = of_ops.iter().filter(|(entry, fault)| {
        let names = |said: &str| said.split([' ', '.', ',', ';', ':']).any(|word| word == *entry);
        !of_terraform
            .iter()
            .any(|(other, said)| other == entry || names(said) || is_the_file(other) || says(fault, other))
    });
    let unseen_by_ops: BTreeSet<_> = unseen_by_ops.map(|entry| format!("ops accepts {entry}")).collect();
    let unseen_by_terraform: BTreeSet<_> =
        unseen_by_terraform.map(|(entry, _)| format!("Terraform accepts {entry}")).collect();
    unseen_by_ops.into_iter().chain(unseen_by_terraform).collect()
}

/// What each tool says, side by side, so that a case that is refused for another reason is seen in review.
#[test]
fn what_terraform_refuses_is_refused() {
    let cases = cases("wrong");
    assert!(cases.len() >= 29, "only {} cases were found", cases.len());
    let mut said = String::new();
    let mut accepted = Vec::new();
    let mut differing = Vec::new();
    for (name, path) in &cases {
        let terraform = fs::read_to_string(path.with_extension("faults")).expect("Terraform's faults are there");
        said.push_str(&format!("{name}\n"));
        terraform.lines().for_each(|fault| said.push_str(&format!("  terraform  {fault}\n")));
        match check(path) {
            Ok(()) => accepted.push(name.as_str()),
            Err(faults) => {
                differing
                    .extend(disagreements(path, &terraform, &faults).iter().map(|entry| format!("{name}: {entry}")));
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
    assert_eq!(differing, Vec::<String>::new(), "the tools refuse different entries");
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
