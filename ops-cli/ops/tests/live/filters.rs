//! What differs from one run to the next, and does not matter, in snapshots.

use insta::Settings;
use insta::internals::SettingsBindDropGuard;

/// Pattern and what stands in its place, in this order.
const FILTERS: [(&str, &str); 37] = [
    // Git pads what a hook says to clear the line.
    (r"(?m)[ \t]+$", ""),
    // Where a long message is wrapped depends on what is in it.
    (r"\n  │ ", " "),
    (r"(help: [^\n]*)\n {8}(\S)", "$1 $2"),
    // How often a rollout is looked at, and what is seen of it, depends on the machine.
    (r"(?m)^(?:remote: )?\w+: (?:[a-z ]+: )?\d+/\d+ running[^\n]*\n", ""),
    (r"(?m)^(?:  (?:task|target|event|and \d+ tasks?) [^\n]*\n)+", "  [EVIDENCE]\n"),
    (r"(?m)^(?:  seen     (?:target|\(service|Task failed) [^\n]*\n)+", "  seen     [EVIDENCE]\n"),
    (r"\(\d+ stopped tasks?\)", "([COUNT] stopped tasks)"),
    (r"(?m)^  breaker  [^\n]*\n", ""),
    // Which states of a task are seen depends on the machine, too.
    (r"(?m)^task \w+: (?:provisioning|pending|activating|running|deactivating|stopping|deprovisioning|stopped)\n", ""),
    (r"\b[0-9a-f]{32}\b", "[TASK]"),
    (r"(?m)^approves [0-9a-f]{64}$", "approves [FINGERPRINT]"),
    (r"(\w+)/[0-9a-f]{8} ", "$1/[TASK] "),
    (r"\d+ tasks failed", "[COUNT] tasks failed"),
    (r"\d+ calls to AWS", "[COUNT] calls to AWS"),
    (r"(?m)^ +\d+  ([a-z0-9]+:[A-Z])", "  [COUNT]  $1"),
    (r"\b01[0-9A-HJKMNP-TV-Z]{24}\b", "[RECORD]"),
    (r"\b\d+ (s|min) ago\b", "[AGE] ago"),
    (r"\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d", "[DAY] to [DAY]"),
    (r"\b[0-9a-f]{12}…", "[SHA]…"),
    (r"(time to restore +median) [^(]+ \(", "$1 [TIME] ("),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[TIME]"),
    // A row of the history.
    (r"(\[TIME\]  )\d+ +([a-z ]+  )[0-9a-f]{12}\b", "$1[SECONDS]  $2[COMMIT]"),
    (r"after \d+ s ", "after [SECONDS] s "),
    (r"in \d+ ms", "in [TIME] ms"),
    (r#"time="\d+\.\d+""#, "time=\"[SECONDS]\""),
    (r"sha256:[0-9a-f]{64}", "sha256:[DIGEST]"),
    (r"sha256:[0-9a-f]{12}", "sha256:[DIGEST]"),
    (r"\b[0-9a-f]{40}\b", "[COMMIT]"),
    (r"(commit|committed) [0-9a-f]{12}\b", "$1 [COMMIT]"),
    (r"\b[0-9a-f]{7}\.\.[0-9a-f]{7}\b", "[COMMIT]..[COMMIT]"),
    (r"targetgroup/(\w+)/[0-9a-z]{16}", "targetgroup/$1/[ID]"),
    (r"(\w+)-[0-9a-z]{8}\.(ap-northeast-2\.elb)", "$1-[ID].$2"),
    (r"\bsgr-[0-9a-f]{17}\b", "[RULE]"),
    (r"\bsg-[0-9a-f]{17}\b", "[GROUP]"),
    (r"rollout [A-Za-z0-9_-]{20,}", "rollout [ID]"),
    (r"process \d+ on [^,\s]+", "process [PID] on [HOST]"),
    (r" on [^\n]+\nstarted ", " on [HOST]\nstarted "),
];

/// Holds for the thread until it is dropped.
pub(crate) fn bind() -> SettingsBindDropGuard {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    for (pattern, replacement) in FILTERS {
        settings.add_filter(pattern, replacement);
    }
    settings.bind_to_scope()
}
