//! An environment as people write it: without what means nothing, in the order of the files in the repository, with blank
//! lines and comments.

use std::collections::BTreeMap;

use ops_model::declaration::{Builds, Environment, Service, Task};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::assembly::Imported;
use super::yaml;

/// The two files of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub environment: String,
    pub builds: String,
}

/// Keys of a service or task that come first, and in which order; the others follow as the type has them.
const WORKLOAD: [&str; 22] = [
    "artifact",
    "image",
    "family",
    "container_name",
    "entry_point",
    "command",
    "cpu",
    "memory",
    "architecture",
    "count",
    "scaling",
    "port",
    "public",
    "connect",
    "schedule",
    "environment",
    "secrets",
    "health_check",
    "readonly_root_filesystem",
    "exec",
    "mounts",
    "volumes",
];

/// What stands above each part of the file.
const HEADINGS: [(&str, &str); 3] =
    [("firewall", "Who may talk to whom. What is not named here is closed."), ("services", ""), ("tasks", "")];

impl Imported {
    /// The text of both files.
    ///
    /// # Errors
    /// A value that the YAML writer refuses.
    pub fn written(&self) -> Result<Written, serde_yaml::ser::Error> {
        let mut comments: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, guess) in &self.guesses {
            comments.entry(path.clone()).or_default().push(guess.clone());
        }
        for (path, heading) in HEADINGS.iter().filter(|(_, heading)| !heading.is_empty()) {
            comments.entry((*path).to_owned()).or_default().push((*heading).to_owned());
        }
        for note in &self.notes {
            // A note about a line that is not written stands above the service or task.
            let path = note.place.split('.').take(2).collect::<Vec<_>>().join(".");
            comments.entry(path).or_default().push(comment(note.place.as_str(), &note.text));
        }
        let document = document(&self.environment);
        let mut text = format!(
            "# yaml-language-server: $schema=../../schema/environment.schema.json\n#\n# The declaration of {}, as `ops import` \
             found it. Terraform reads it for what changes slowly, ops for what\n# changes often.\n",
            self.environment.environment
        );
        let mut plain = Map::new();
        for (key, value) in document {
            let apart = value.is_object() || comments.contains_key(&key);
            if apart {
                text.push_str(&yaml::mapping(&std::mem::take(&mut plain), &comments)?);
                text.push('\n');
            }
            plain.insert(key, value);
        }
        text.push_str(&yaml::mapping(&plain, &comments)?);
        Ok(Written { environment: text, builds: Builds::to_yaml(&self.builds)? })
    }
}

fn comment(place: &str, text: &str) -> String {
    let of_the_entry = place.split('.').skip(2).collect::<Vec<_>>().join(".");
    if of_the_entry.is_empty() { text.to_owned() } else { format!("{of_the_entry}: {text}") }
}

/// In the order in which it is written.
fn document(environment: &Environment) -> Map<String, Value> {
    let mut around = environment.clone();
    around.services.clear();
    around.tasks.clear();
    let mut document = terse(&around);
    document.shift_remove("services");
    // From the outside to the inside.
    if let Some(Value::Object(firewall)) = document.get_mut("firewall")
        && let Some(entrance) = firewall.shift_remove("load_balancer")
    {
        firewall.shift_insert(0, "load_balancer".to_owned(), entrance);
    }
    let services = environment.services.iter().map(|(name, service)| (name.clone(), entry::<Service>(service)));
    document.insert("services".to_owned(), Value::Object(services.collect()));
    let tasks: Map<_, _> = environment.tasks.iter().map(|(name, task)| (name.clone(), entry::<Task>(task))).collect();
    if !tasks.is_empty() {
        document.insert("tasks".to_owned(), Value::Object(tasks));
    }
    document
}

fn entry<T: Serialize + DeserializeOwned + PartialEq>(declared: &T) -> Value {
    let mut entry = in_order(terse(declared));
    if let Some(Value::Object(containers)) = entry.get_mut("containers") {
        for container in containers.values_mut() {
            if let Value::Object(members) = container {
                *members = in_order(std::mem::take(members));
            }
        }
    }
    Value::Object(entry)
}

fn in_order(mut members: Map<String, Value>) -> Map<String, Value> {
    let first = WORKLOAD.iter().filter_map(|key| members.shift_remove_entry(*key)).collect::<Vec<_>>();
    let last = ["deployment", "after", "overrides"]
        .iter()
        .filter_map(|key| members.shift_remove_entry(*key))
        .collect::<Vec<_>>();
    first.into_iter().chain(members).chain(last).collect()
}

/// Without every member that the declaration means the same without.
fn terse<T: Serialize + DeserializeOwned + PartialEq>(declared: &T) -> Map<String, Value> {
    let Ok(whole @ Value::Object(_)) = serde_json::to_value(declared) else { return Map::new() };
    let mut document = whole.clone();
    let means_the_same = |document: &Value| T::deserialize(document).is_ok_and(|read| read == *declared);
    shorten(&mut document, &mut Vec::new(), &whole, &means_the_same);
    match document {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn shorten(document: &mut Value, path: &mut Vec<String>, members: &Value, means_the_same: &impl Fn(&Value) -> bool) {
    let Value::Object(members) = members else { return };
    for (name, member) in members {
        path.push(name.clone());
        if let Some(there) = parent(document, path) {
            // An override that is null says something.
            let removed = there.shift_remove(name);
            if !means_the_same(document)
                && let (Some(there), Some(removed)) = (parent(document, path), removed)
            {
                there.insert(name.clone(), removed);
                shorten(document, path, member, means_the_same);
            }
        }
        path.pop();
    }
}

/// The mapping that the last key of a path is in.
fn parent<'a>(document: &'a mut Value, path: &[String]) -> Option<&'a mut Map<String, Value>> {
    let (_, above) = path.split_last()?;
    above.iter().try_fold(document, |value, key| value.get_mut(key))?.as_object_mut()
}
