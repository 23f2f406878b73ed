//! The engine: reads git, the platform and the live account, plans, carries the plan out and judges it.
//!
//! `reconcile = lease -> declaration@commit + platform + observation -> plan -> gates -> apply in waves ->
//! verify -> record`. It keeps no state of its own: a reconcile killed at any point is repaired by running
//! it again. Everything outside this process is behind a narrow trait of [`cloud`] or in [`git`].

pub mod approve;
pub mod builds_commit;
pub mod bundle;
pub mod clock;
pub mod cloud;
pub mod continue_rollout;
pub mod declared;
pub mod environment_gates;
pub mod error_chain;
pub mod event;
pub mod execute;
pub mod explain;
pub mod firewall;
pub mod git;
pub mod health;
pub mod history;
pub mod import;
pub mod lease;
pub mod logs;
pub mod observe;
pub mod open_session;
mod pace;
pub mod permission;
pub mod preflight;
pub mod promote;
pub mod pull_request;
pub mod reconcile;
pub mod rollback;
pub mod run_task;
pub mod scenarios;
mod tenure;
pub mod verification;
