//! Output for people.

mod builds_commit;
mod check;
mod diagnostic;
mod history;
mod plan;
mod record;
mod status;
mod table;
mod words;

pub(crate) use builds_commit::builds_commit;
pub(crate) use check::check;
pub(crate) use diagnostic::error;
pub(crate) use history::history;
pub(crate) use plan::{body as plan_body, calls, plan};
pub(crate) use record::{record, whole_record};
pub(crate) use status::status;
pub(crate) use words::{class as class_words, rollout as rollout_words};
