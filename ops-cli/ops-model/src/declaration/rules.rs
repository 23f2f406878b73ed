//! Rules that tie one part of `environment.yaml` to another, which a schema cannot say. One file each.
//!
//! They read the document rather than the typed value, so that they speak also when something else is wrong.

use super::Fault;
use super::document::{Entry, Node};

mod after;
mod bucket;
mod database_parameter;
mod database_schema;
mod database_storage;
mod deployment;
mod endpoint;
mod environment_name;
mod firewall;
mod health_check;
mod host;
mod https;
mod listener_rule;
mod network;
mod plain_secret;
mod public_key;
mod public_service;
mod queue_name;
mod registry;
mod secret_place;
mod service_name;
mod service_reference;
mod site;
mod task_size;
mod variable;

pub(super) use plain_secret::{PLAIN_SECRET, check_anywhere};

/// What the rules look at.
pub(super) struct Subject<'a> {
    /// Name of the folder that the file is in.
    pub(super) folder: &'a str,
    pub(super) file: &'a str,
    pub(super) document: &'a Node,
}

impl<'a> Subject<'a> {
    fn fault(&self, code: &'static str, message: impl Into<String>) -> Fault {
        Fault::new(code, self.file, message)
    }

    fn services(&self) -> &'a [Entry] {
        self.named("services")
    }

    /// What stands by name under a key of the file.
    fn named(&self, key: &str) -> &'a [Entry] {
        self.document.get(key).map_or(&[], Node::entries)
    }

    fn services_in_words(&self) -> String {
        let names: Vec<String> = self.services().iter().map(|service| format!("`{}`", service.key)).collect();
        if names.is_empty() {
            return "no service is declared".to_owned();
        }
        format!("the services are {}", names.join(", "))
    }

    fn is_service(&self, name: &str) -> bool {
        self.services().iter().any(|service| service.key == name)
    }
}

/// All faults that any rule finds.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Fault> {
    let rules: [fn(&Subject<'_>, &mut Vec<Fault>); 25] = [
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
        service_name::check,
        task_size::check,
        public_service::check,
        listener_rule::check,
        health_check::check,
        variable::check,
        plain_secret::check,
        deployment::check,
        after::check,
        service_reference::check,
        site::check,
        public_key::check,
    ];
    let mut faults = Vec::new();
    for rule in rules {
        rule(subject, &mut faults);
    }
    faults
}
