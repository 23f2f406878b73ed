//! The engine: reads git, the platform and the live account, plans, carries the plan out and judges it.
//!
//! `reconcile = lease -> declaration@commit + platform + observation -> plan -> gates -> apply in waves ->
//! verify -> record`. It keeps no state of its own: a reconcile killed at any point is repaired by running
//! it again. Everything outside this process is behind a narrow trait of [`cloud`] or in [`git`].

pub mod builds_commit;
pub mod clock;
pub mod cloud;
pub mod declared;
pub mod error_chain;
pub mod event;
pub mod execute;
pub mod git;
pub mod history;
pub mod lease;
pub mod observe;
mod pace;
pub mod promote;
pub mod reconcile;
pub mod rollback;
