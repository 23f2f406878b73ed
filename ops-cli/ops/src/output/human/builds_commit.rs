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
    let short = commit.commit.get(..12).unwrap_or(&commit.commit);
    if commit.pushed {
        text.push_str(&format!("committed {short} to {path} and pushed {}\n", commit.branch));
    } else {
        text.push_str(&format!("committed {short} to {path}; `git push` brings it about\n"));
    }
    text
}
