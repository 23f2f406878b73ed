use std::io;
use std::process::Stdio;

use insta::assert_snapshot;

use crate::sandbox::{Sandbox, case};

#[test]
fn closed_pipe_ends_quietly() {
    let sandbox = Sandbox::with_dev();
    sandbox.copy(&case("two_faults"), "infra/environments/dev");
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    let output = sandbox.command(&["check", "--quiet"]).stdout(writer).output().expect("ops starts");
    let run = sandbox.run(&output);
    assert_eq!((run.exit_code, run.stderr.as_str()), (Some(1), ""), "the exit code is that of the faults");
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_is_an_error() {
    let sandbox = Sandbox::with_dev();
    let full = std::fs::File::options().write(true).open("/dev/full").expect("the device");
    let output = sandbox.command(&["check"]).stdout(full).stderr(Stdio::piped()).output().expect("ops starts");
    assert_snapshot!(sandbox.run(&output));
}

#[test]
fn quiet_leaves_the_result() {
    let sandbox = Sandbox::with_dev();
    sandbox.copy(&case("empty_file"), "infra/environments/dev");
    let run = sandbox.ops(&["check", "--quiet"]);
    assert!(run.stderr.is_empty() && !run.stdout.is_empty(), "{run}");
}

#[test]
fn verbose_says_where_it_looks() {
    let run = Sandbox::with_dev().ops(&["check", "--verbose"]);
    assert_eq!(run.stderr, "repository: [REPOSITORY]\n");
}

#[test]
fn colours_only_on_a_terminal_or_on_demand() {
    let sandbox = Sandbox::with_dev();
    let plain = sandbox.ops(&["check"]);
    assert!(!plain.stdout.contains('\u{1b}'), "{plain}");
    let forced = sandbox.command(&["check"]).env("CLICOLOR_FORCE", "1").output().expect("ops starts");
    assert!(sandbox.run(&forced).stdout.contains('\u{1b}'));
    let refused = sandbox.command(&["check"]).env("NO_COLOR", "1").output().expect("ops starts");
    assert!(!sandbox.run(&refused).stdout.contains('\u{1b}'));
}
