//! The fixed inputs and every input that was once a finding, in the ordinary tests.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Seconds for one input. Unoptimised, on a machine that runs other tests, parsers take many times what they may.
const LIMIT: &str = "60";

fn fuzz(arguments: &[&str]) -> Output {
    let findings = TempDir::new().expect("there is room for a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ops-fuzz"));
    command.args(["--limit", LIMIT, "--findings"]).arg(findings.path()).args(arguments);
    command.output().expect("the fuzzer starts")
}

fn survives(target: &str) {
    let output = fuzz(&["--seconds", "0", "--target", target]);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    assert!(printed.contains(" 0 findings"), "{printed}");
}

#[test]
fn declaration() {
    survives("declaration");
}

#[test]
fn builds() {
    survives("builds");
}

#[test]
fn platform() {
    survives("platform");
}

#[test]
fn ecspresso() {
    survives("ecspresso");
}

#[test]
fn copilot() {
    survives("copilot");
}

#[test]
fn one_input_is_tried() {
    let folder = TempDir::new().expect("there is room for a folder");
    let input = folder.path().join("input.yaml");
    fs::write(&input, "a: b\n").expect("there is room for a file");
    let output = fuzz(&["--target", "copilot", "--input", &input.to_string_lossy()]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("copilot: passed: "));
}
