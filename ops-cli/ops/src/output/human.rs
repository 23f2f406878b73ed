//! Output for people.

mod builds_commit;
mod chain;
mod check;
mod diagnostic;
mod dora;
mod environment_gate;
mod firewall;
mod history;
mod import;
mod lease;
mod log;
mod overview;
mod plan;
mod record;
mod scenario;
mod status;
mod table;
mod words;

pub(crate) use builds_commit::builds_commit;
pub(crate) use chain::chain;
pub(crate) use check::{check, findings};
pub(crate) use diagnostic::error;
pub(crate) use dora::dora;
pub(crate) use environment_gate::{approved, overrides};
pub(crate) use firewall::{firewall_answer, firewall_map, missing_group, party};
pub(crate) use history::history;
pub(crate) use import::{import, import_notes};
pub(crate) use lease::lease;
pub(crate) use log::{log_line, plain_log_line, waiting};
pub(crate) use overview::overview;
pub(crate) use plan::{body as plan_body, calls, gate_text as gate_words, plan, summary as plan_summary};
pub(crate) use record::{record, whole_record};
pub(crate) use scenario::verification;
pub(crate) use status::status;
pub(crate) use words::{class as class_words, kind as kind_words, rollout as rollout_words, subject};
