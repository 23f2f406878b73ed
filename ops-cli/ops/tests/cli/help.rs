use insta::assert_snapshot;

use crate::sandbox::Sandbox;

#[test]
fn ops() {
    assert_snapshot!(Sandbox::empty().ops(&["--help"]));
}

#[test]
fn check() {
    assert_snapshot!(Sandbox::empty().ops(&["check", "--help"]));
}

#[test]
fn firewall() {
    assert_snapshot!(Sandbox::empty().ops(&["firewall", "--help"]));
}

#[test]
fn history() {
    assert_snapshot!(Sandbox::empty().ops(&["history", "--help"]));
}

#[test]
fn report_dora() {
    assert_snapshot!(Sandbox::empty().ops(&["report", "dora", "--help"]));
}

#[test]
fn schema() {
    assert_snapshot!(Sandbox::empty().ops(&["schema", "--help"]));
}

#[test]
fn completions() {
    assert_snapshot!(Sandbox::empty().ops(&["completions", "--help"]));
}

#[test]
fn wrong_command_line() {
    assert_snapshot!(Sandbox::empty().ops(&["chek"]));
}

#[test]
fn no_command_is_a_wrong_command_line() {
    let run = Sandbox::empty().ops(&[]);
    assert_eq!(run.exit_code, Some(64), "{run}");
}
