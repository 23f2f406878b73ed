use ops_engine::builds_commit::BuildsCommit;
use ops_engine::promote::BuildChange;
use owo_colors::OwoColorize as _;

/// What a commit of builds.yaml changed; `None`: there was nothing to commit.
pub(crate) fn builds_commit(path: &str, changes: &[BuildChange<'_>], commit: Option<&BuildsCommit>) -> String {
    let Some(commit) = commit else {
        return format!("{path} says so already: nothing to commit\n");
    };
    let mut text = String::new();
    for BuildChange { artifact, old, new } in changes {
        let old = old.map_or_else(|| "none".to_owned(), |old| format!("{} {}", old.version, old.digest.short()));
        let new = format!("{} {}", new.version, new.digest.short());
        text.push_str(&format!("{artifact}  {} → {}\n", old.red(), new.green()));
    }
    text + &committed(path, commit)
}

/// The commit, and whether anybody else has it yet.
pub(super) fn committed(path: &str, commit: &BuildsCommit) -> String {
    let short = commit.commit.get(..12).unwrap_or(&commit.commit);
    if commit.pushed {
        let on_top = if commit.on_top { ", on top of what somebody pushed meanwhile" } else { "" };
        format!("committed {short} to {path} and pushed {}{on_top}\n", commit.branch)
    } else {
        format!("committed {short} to {path}; `git push` brings it about\n")
    }
}
