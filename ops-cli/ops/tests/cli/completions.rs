use crate::sandbox::Sandbox;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = Sandbox::empty().ops(&["completions", shell]);
        assert_eq!(run.exit_code, Some(0), "{shell}: {run}");
        assert!(run.stdout.contains("check"), "{shell}: {run}");
    }
}
