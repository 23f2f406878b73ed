//! Rules that tie one part of `environment.yaml` to another, which a schema cannot say. One file each.
//!
//! They read the document rather than the typed value, so that they speak also when something else is wrong.

use super::Fault;

mod after;
mod bucket;
mod build;
mod capacity;
mod circle;
mod circuit_breaker;
mod connect;
mod container;
mod container_order;
mod container_size;
mod database_parameter;
mod database_schema;
mod database_storage;
mod deployment;
mod early_success;
mod endpoint;
mod environment_name;
mod exec;
mod family;
mod firewall;
mod gates;
mod health_check;
mod hold;
mod host;
mod https;
mod listener_rule;
mod network;
mod override_member;
mod pause;
mod plain_secret;
mod public_key;
mod public_service;
mod queue_name;
mod registry;
mod scaling;
mod scaling_step;
mod scenario;
mod schedule;
mod secret_part;
mod secret_place;
mod site;
mod strategy;
mod subject;
mod task_size;
mod time_zone;
mod variable;
mod volume;
mod workload_name;
mod workload_reference;

pub(super) use build::{check_builds, check_use};
pub(super) use hold::check_holds;
pub(super) use plain_secret::{PLAIN_SECRET, check_anywhere};

pub(super) use subject::Subject;

/// All faults that any rule finds.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Fault> {
    let rules: [fn(&Subject<'_>, &mut Vec<Fault>); 44] = [
        environment_name::check,
        bucket::check,
        network::check,
        endpoint::check,
        registry::check,
        https::check,
        host::check,
        database_storage::check,
        database_schema::check,
        database_parameter::check,
        secret_place::check,
        queue_name::check,
        firewall::check,
        workload_name::check,
        family::check,
        container::check,
        container_order::check,
        container_size::check,
        volume::check,
        capacity::check,
        exec::check,
        task_size::check,
        public_service::check,
        listener_rule::check,
        health_check::check,
        connect::check,
        variable::check,
        secret_part::check,
        plain_secret::check,
        strategy::check,
        pause::check,
        circuit_breaker::check,
        early_success::check,
        deployment::check,
        scaling::check,
        scaling_step::check,
        schedule::check,
        override_member::check,
        after::check,
        workload_reference::check,
        site::check,
        public_key::check,
        scenario::check,
        gates::check,
    ];
    let mut faults = Vec::new();
    for rule in rules {
        rule(subject, &mut faults);
    }
    faults
}
