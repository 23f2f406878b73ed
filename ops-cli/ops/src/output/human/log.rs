use ops_model::outcome::LogLine;
use ops_model::rollout::WaitingHook;
use owo_colors::OwoColorize as _;

/// A line of a container's log behind its time, and behind what wrote it.
pub(crate) fn log_line(of: &str, line: &LogLine) -> String {
    let LogLine { at, task, container, text } = line;
    let short: String = task.chars().take(8).collect();
    let source = if container == of { format!("{of}/{short}") } else { format!("{of}/{short}/{container}") };
    format!("{} {} {}", at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").dimmed(), source.cyan(), text.trim_end())
}

/// What a rollout waits for, behind what else is said of it.
pub(crate) fn waiting(hook: &WaitingHook) -> String {
    let WaitingHook { id: _, pause, expires_at, then_rolls_back } = hook;
    let for_whom = if *pause { "waits for `ops continue`" } else { "waits for a function" };
    let then = if *then_rolls_back { "is taken back" } else { "goes on" };
    match expires_at {
        Some(at) => format!(", {for_whom}; {then} by itself at {}", at.strftime("%Y-%m-%dT%H:%M:%SZ")),
        None => format!(", {for_whom}"),
    }
}

/// A line of a container's log where it is not said whose it is.
pub(crate) fn plain_log_line(line: &LogLine) -> String {
    log_line(&line.container, line)
}
