use insta::assert_snapshot;

use crate::sandbox::{Sandbox, case};

#[test]
fn all_environments_when_none_is_named() {
    let sandbox = Sandbox::with_dev();
    sandbox.copy(&case("name_is_not_the_folder"), "infra/environments/prod");
    sandbox.copy(&case("short_digest"), "infra/environments/prod");
    assert_snapshot!(sandbox.ops(&["check"]));
}

#[test]
fn builds_come_from_an_environment_that_there_is() {
    let sandbox = Sandbox::with_dev();
    let path = "infra/environments/dev/environment.yaml";
    let declared = std::fs::read_to_string(sandbox.path(path)).expect("a declaration");
    sandbox.write(path, format!("{declared}gates:\n  promotion: {{ from: staging }}\n"));
    assert_snapshot!(sandbox.ops(&["check"]));
    sandbox.write(
        "infra/environments/staging/environment.yaml",
        declared.replace("environment: dev", "environment: staging"),
    );
    sandbox.write("infra/environments/staging/builds.yaml", "version: 1\nartifacts: {}\n");
    assert_eq!(sandbox.ops(&["check", "dev"]).exit_code, Some(0));
}

#[test]
fn only_those_that_are_named() {
    let sandbox = Sandbox::with_dev();
    sandbox.copy(&case("two_faults"), "infra/environments/prod");
    assert_snapshot!(sandbox.ops(&["check", "dev", "dev"]), @r"
    exit code: 0
    ----- stdout -----
    ✓ dev: 1 service
    ----- stderr -----
    ");
}

#[test]
fn json_lists_faults_with_their_places() {
    let sandbox = Sandbox::with_dev();
    sandbox.copy(&case("faults_in_both_files"), "infra/environments/dev");
    assert_snapshot!(sandbox.ops(&["check", "--output", "json"]));
}

#[test]
fn environment_that_is_not_there() {
    let sandbox = Sandbox::with_dev();
    assert_snapshot!(sandbox.ops(&["check", "staging"]));
}

#[test]
fn environment_that_is_not_there_as_json() {
    let sandbox = Sandbox::with_dev();
    assert_snapshot!(sandbox.ops(&["check", "staging", "--output", "json"]));
}

#[test]
fn name_of_an_environment_is_not_a_path() {
    let sandbox = Sandbox::with_dev();
    let run = sandbox.ops(&["check", "../environments/dev"]);
    assert_eq!(run.exit_code, Some(1));
    assert!(run.stderr.contains("there is no environment `../environments/dev`"), "{run}");
}

#[test]
fn no_environments() {
    let sandbox = Sandbox::empty();
    sandbox.write("infra/environments/.gitkeep", "");
    assert_snapshot!(sandbox.ops(&["check"]));
}

#[test]
fn not_in_a_repository() {
    let sandbox = Sandbox::empty();
    assert_snapshot!(sandbox.ops(&["check"]));
}

#[test]
fn directory_that_is_not_there() {
    let sandbox = Sandbox::with_dev();
    assert_snapshot!(sandbox.ops(&["-C", "nowhere", "check"]));
}

#[test]
fn repository_is_found_from_within() {
    let sandbox = Sandbox::with_dev();
    sandbox.write("a/b/file", "");
    let run = sandbox.ops(&["check", "-C", "a/b"]);
    assert_eq!(run.exit_code, Some(0), "{run}");
}

#[test]
fn missing_files() {
    let sandbox = Sandbox::with_dev();
    sandbox.remove("infra/environments/dev/environment.yaml");
    sandbox.remove("infra/environments/dev/builds.yaml");
    assert_snapshot!(sandbox.ops(&["check"]));
}

#[test]
fn file_that_is_far_too_large() {
    let sandbox = Sandbox::with_dev();
    sandbox.write("infra/environments/dev/environment.yaml", "# a comment\n".repeat(100_000));
    assert_snapshot!(sandbox.ops(&["check"]));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_repository_are_not_followed() {
    let elsewhere = Sandbox::with_dev();
    let sandbox = Sandbox::with_dev();
    let link = |from: &Sandbox, to: &str| {
        sandbox.remove(to);
        std::os::unix::fs::symlink(from.path("infra/environments/dev/builds.yaml"), sandbox.path(to)).expect("a link");
    };
    link(&elsewhere, "infra/environments/dev/builds.yaml");
    assert_snapshot!(sandbox.ops(&["check"]));

    sandbox.write("elsewhere/builds.yaml", "version: 1\nartifacts: {}\n");
    sandbox.remove("infra/environments/dev/builds.yaml");
    let inside = sandbox.path("elsewhere/builds.yaml");
    std::os::unix::fs::symlink(inside, sandbox.path("infra/environments/dev/builds.yaml")).expect("a link");
    assert_eq!(sandbox.ops(&["check"]).exit_code, Some(0), "a link within the repository is as good as a file");
}

#[test]
fn text_of_a_file_cannot_command_the_terminal() {
    let sandbox = Sandbox::with_dev();
    for text in ["\"k\\e[31mey\": 1 # \u{7f}\n", "version: 1\rkey: 1 # \u{9b}31m\n", "version: 1 \u{1b}[31m\n"] {
        sandbox.write("infra/environments/dev/environment.yaml", text);
        let run = sandbox.ops(&["check"]);
        let commands = run.stdout.chars().filter(|character| character.is_control() && *character != '\n').count();
        assert_eq!((run.exit_code, commands), (Some(1), 0), "{run:?}");
    }
}
