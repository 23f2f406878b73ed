//! `ops` as its users see it, against a local AWS that each test starts for itself: exit code, standard output and
//! standard error, and what is left in git and in the account.

mod agreement;
mod approved_plan;
mod bad_build;
mod container_engine;
mod drift;
mod drift_by_field;
mod explain;
mod filters;
mod firewall;
mod fixture;
mod gates;
mod hook;
mod import;
mod interruption;
mod lease;
mod no_connection;
mod pauses;
mod promotion;
mod prune;
mod records;
mod reports;
#[path = "../cli/run.rs"]
mod run;
mod scenarios;
mod sites;
mod tasks;
mod work_tree;
