use crate::declaration::Fault;
use crate::declaration::document::{Entry, Node};

/// What the rules look at.
pub(in crate::declaration) struct Subject<'a> {
    /// Name of the folder that the file is in.
    pub(in crate::declaration) folder: &'a str,
    pub(in crate::declaration) file: &'a str,
    pub(in crate::declaration) document: &'a Node,
}

impl<'a> Subject<'a> {
    pub(super) fn fault(&self, code: &'static str, message: impl Into<String>) -> Fault {
        Fault::new(code, self.file, message)
    }

    pub(super) fn services(&self) -> &'a [Entry] {
        self.named("services")
    }

    pub(super) fn tasks(&self) -> &'a [Entry] {
        self.named("tasks")
    }

    /// Services, then tasks.
    pub(super) fn workloads(&self) -> impl Iterator<Item = &'a Entry> + use<'a> {
        self.services().iter().chain(self.tasks())
    }

    /// Containers of all services and tasks.
    pub(super) fn containers(&self) -> impl Iterator<Item = Container<'a>> + use<'a> {
        self.workloads().flat_map(containers)
    }

    /// What stands by name under a key of the file.
    pub(super) fn named(&self, key: &str) -> &'a [Entry] {
        self.document.get(key).map_or(&[], Node::entries)
    }

    pub(super) fn services_in_words(&self) -> String {
        in_words("service", self.services())
    }

    pub(super) fn workloads_in_words(&self) -> String {
        match (self.services(), self.tasks()) {
            (services, []) => in_words("service", services),
            ([], tasks) => in_words("task", tasks),
            (services, tasks) => format!("{}; {}", in_words("service", services), in_words("task", tasks)),
        }
    }

    pub(super) fn is_service(&self, name: &str) -> bool {
        self.services().iter().any(|service| service.key == name)
    }

    pub(super) fn is_task(&self, name: &str) -> bool {
        self.tasks().iter().any(|task| task.key == name)
    }

    pub(super) fn is_workload(&self, name: &str) -> bool {
        self.is_service(name) || self.is_task(name)
    }
}

/// One container of a service or task.
#[derive(Clone, Copy)]
pub(super) struct Container<'a> {
    /// The service or task.
    pub(super) workload: &'a Entry,
    pub(super) name: &'a str,
    pub(super) node: &'a Node,
    pub(super) is_main: bool,
}

impl Container<'_> {
    /// Who it is, in a sentence.
    pub(super) fn in_words(&self) -> String {
        if self.is_main {
            format!("`{}`", self.workload.key)
        } else {
            format!("`{}` of `{}`", self.name, self.workload.key)
        }
    }
}

/// The main container, then those beside it.
pub(super) fn containers(workload: &Entry) -> impl Iterator<Item = Container<'_>> {
    let main = Container { workload, name: main_name(workload), node: &workload.value, is_main: true };
    let beside = sidecars(workload).iter().map(move |sidecar| Container {
        workload,
        name: &sidecar.key,
        node: &sidecar.value,
        is_main: false,
    });
    std::iter::once(main).chain(beside)
}

/// Name of the main container: the service's or task's own, if it says no other.
pub(super) fn main_name(workload: &Entry) -> &str {
    workload.value.get("container_name").and_then(Node::text).unwrap_or(&workload.key)
}

/// The containers beside the main one.
pub(super) fn sidecars(workload: &Entry) -> &[Entry] {
    workload.value.get("containers").map_or(&[], Node::entries)
}

fn in_words(sort: &str, entries: &[Entry]) -> String {
    let names: Vec<String> = entries.iter().map(|entry| format!("`{}`", entry.key)).collect();
    match names.as_slice() {
        [] => format!("no {sort} is declared"),
        names => format!("the {sort}s are {}", names.join(", ")),
    }
}
