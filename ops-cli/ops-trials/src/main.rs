//! Random trials of the engine on the simulated account. `cargo xtask sim` starts it.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum as _};
use ops_trials::{Campaign, Class, Finding, Progress, Story, Summary};
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  cargo xtask sim                              1,000 seeds of every class
  cargo xtask sim --class all --seeds 10000    more of the one that has every kind
  cargo xtask sim --class sites --seed 123     one trial, told step by step
  cargo xtask sim --seeds 200 --json           a summary for machines

A trial draws an environment, pushes to it, meddles with the account by hand, lets calls fail and kills ops, and then
asks whether what has to hold does. The same seed is always the same trial.";

/// Try the engine on a simulated account with random environments, edits, faults and crashes; a finding makes the exit code 1
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim", bin_name = "cargo xtask sim", after_help = EXAMPLES)]
struct Args {
    /// How many trials of each class
    #[arg(long, value_name = "N", default_value_t = 1000, conflicts_with = "seed")]
    seeds: u64,
    /// The first seed
    #[arg(long, value_name = "SEED", default_value_t = 0, conflicts_with = "seed")]
    from: u64,
    /// This trial alone, told step by step
    #[arg(long, requires = "class")]
    seed: Option<u64>,
    /// What the trials are about; every class when none is named
    #[arg(long, value_enum)]
    class: Vec<Class>,
    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let classes = if args.class.is_empty() { Class::value_variants() } else { &args.class };
    // A panic is a finding, and is told as one.
    std::panic::set_hook(Box::new(|_| {}));
    let found = match args.seed {
        Some(seed) => classes.iter().map(|class| tell(*class, seed, args.json)).sum(),
        None => run(classes, &args),
    };
    if found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One trial. Returns the number of findings.
fn tell(class: Class, seed: u64, as_json: bool) -> usize {
    let mut story = Story::default();
    let ended = Campaign { class, first: seed, seeds: 1 }.trial(seed, &mut story);
    let finding = ended.as_ref().err();
    if as_json {
        say(&json!({"class": class.name(), "seed": seed, "story": story.text(), "finding": finding.map(described)})
            .to_string());
    } else {
        let _ = write!(io::stdout().lock(), "{}", story.text());
        match finding {
            None => say("Everything held that has to hold."),
            Some(finding) => say(&told(finding)),
        }
    }
    usize::from(finding.is_some())
}

/// Many. Returns the number of findings.
fn run(classes: &[Class], args: &Args) -> usize {
    let mut summaries = Vec::new();
    for class in classes {
        let began = Instant::now();
        let summary = Campaign { class: *class, first: args.from, seeds: args.seeds }.run(show);
        let seconds = began.elapsed().as_secs_f64();
        if io::stderr().is_terminal() {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
        if !args.json {
            say(&line(*class, &summary, seconds));
            summary.findings.iter().for_each(|finding| say(&told(finding)));
        }
        summaries.push((*class, summary, seconds));
    }
    if args.json {
        let classes: Vec<_> = summaries
            .iter()
            .map(|(class, summary, seconds)| {
                let Summary { trials, told, findings } = summary;
                let findings: Vec<_> = findings.iter().map(described).collect();
                json!({"class": class.name(), "trials": trials, "reconciles": told.reconciles, "edits": told.edits,
                    "kills": told.kills, "writes": told.writes, "seconds": seconds, "findings": findings})
            })
            .collect();
        say(&json!({"version": 1, "classes": classes}).to_string());
    }
    summaries.iter().map(|(_, summary, _)| summary.findings.len()).sum()
}

fn line(class: Class, summary: &Summary, seconds: f64) -> String {
    let Summary { trials, told, findings } = summary;
    format!(
        "{:9} {trials} trials, {} reconciles, {} edits by hand, {} kills, {} writes, {} findings in {seconds:.0} s",
        class.name(),
        told.reconciles,
        told.edits,
        told.kills,
        told.writes,
        findings.len(),
    )
}

fn told(finding: &Finding) -> String {
    let how: String = finding.broken.how.chars().take(2000).collect();
    format!("BROKEN: {}\n  {how}\n  again: {}", finding.broken.property, finding.command())
}

fn described(finding: &Finding) -> serde_json::Value {
    let Finding { class, seed, broken } = finding;
    json!({"class": class.name(), "seed": seed, "property": broken.property.to_string(), "how": broken.how,
        "again": finding.command()})
}

fn show(progress: Progress) {
    let mut stderr = io::stderr().lock();
    if stderr.is_terminal() {
        // Nobody is left to be told that standard error is closed.
        let _ = write!(stderr, "\r\x1b[K{}: {} of {}", progress.class.name(), progress.done, progress.of);
    }
}

fn say(line: &str) {
    // Nobody is left to be told that standard output is closed.
    let _ = writeln!(io::stdout().lock(), "{line}");
}
