//! The tables of `docs/declaration.md` are made from the schemas.

use std::fmt::Write as _;
use std::path::Path;

use ops_model::declaration::{SourceFile, read};
use serde_json::Value;

const UPDATE: &str = "UPDATE_DOCS";

#[test]
fn tables_are_what_the_schemas_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/declaration.md");
    let text = std::fs::read_to_string(&path).expect("the document is there");
    let mut fresh = text.clone();
    for (name, schema) in [("environment", ops_model::schema::environment()), ("builds", ops_model::schema::builds())] {
        let begin = format!("<!-- fields of {name}.yaml, generated -->\n");
        let end = format!("<!-- end of {name}.yaml -->");
        let start = fresh.find(&begin).expect("the table has a beginning") + begin.len();
        let stop = fresh.find(&end).expect("the table has an end");
        fresh.replace_range(start..stop, &table(name, &schema));
    }
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &fresh).expect("the document can be written");
    } else {
        assert!(
            text == fresh,
            "docs/declaration.md is not what the types say; run: {UPDATE}=1 cargo nextest run -p ops tables_are_what"
        );
    }
}

fn table(name: &str, schema: &Value) -> String {
    let mut rows = "| field | value | default | what it is | read by |\n|---|---|---|---|---|\n".to_owned();
    add_fields(&Table { name, root: schema, slow_part: slow_part() }, schema, "", &mut rows);
    rows
}

struct Table<'a> {
    name: &'a str,
    root: &'a Value,
    slow_part: Value,
}

fn add_fields(table: &Table<'_>, schema: &Value, prefix: &str, rows: &mut String) {
    let root = table.root;
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{key}");
        let target = follow(root, property);
        let description = property["description"].as_str().or(target["description"].as_str()).unwrap_or_default();
        assert!(!description.is_empty(), "{path} has no description");
        let default = match (&property["default"], required.contains(&key.as_str())) {
            (_, true) => "required".to_owned(),
            (Value::Null, false) => "absent".to_owned(),
            (Value::Object(fields), false) if !fields.is_empty() => "as below".to_owned(),
            (default, false) => format!("`{default}`"),
        };
        let value = value_of(root, target);
        let text = description.replace('\n', " ").replace('|', "\\|");
        writeln!(rows, "| `{path}` | {value} | {default} | {text} | {} |", reader(table.name, &path, &table.slow_part))
            .expect("a string");
        let (inner, step) = inner(root, target);
        add_fields(table, inner, &format!("{path}{step}"), rows);
    }
}

fn follow<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| root.pointer(pointer)).unwrap_or(schema)
}

/// The schema of what is in a value, and how a path goes there.
fn inner<'a>(root: &'a Value, schema: &'a Value) -> (&'a Value, &'static str) {
    let named = &schema["additionalProperties"];
    if named.is_object() {
        let (inner, step) = inner(root, follow(root, named));
        return (inner, if step == "." { ".<name>." } else { ".<name>[]." });
    }
    if schema["items"].is_object() {
        return (follow(root, &schema["items"]), "[].");
    }
    // Of several forms the one that has fields.
    (forms(schema).map(|form| follow(root, form)).find(|form| form["properties"].is_object()).unwrap_or(schema), ".")
}

/// The forms that a value may have.
fn forms(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["anyOf"].as_array().into_iter().flatten()
}

fn value_of(root: &Value, schema: &Value) -> String {
    let type_name = schema["type"].as_str();
    match (type_name, schema["oneOf"].as_array()) {
        (_, Some(options)) => options
            .iter()
            .map(|option| format!("`{}`", option["const"].as_str().unwrap_or_default()))
            .collect::<Vec<_>>()
            .join(", "),
        _ if schema["enum"].is_array() => {
            let options = schema["enum"].as_array().into_iter().flatten();
            let options = options.map(|option| option.as_str().map_or(option.to_string(), |text| format!("`{text}`")));
            options.collect::<Vec<_>>().join(", ")
        }
        (Some("boolean"), _) => "`true` or `false`".to_owned(),
        (Some("integer"), _) => match (&schema["minimum"], &schema["maximum"]) {
            (minimum, maximum) if minimum == maximum => format!("{minimum}"),
            (minimum, Value::Null) => format!("whole number, at least {minimum}"),
            (minimum, maximum) => format!("{minimum} to {maximum}"),
        },
        (Some("array"), _) => format!("list of {}", value_of(root, follow(root, &schema["items"]))),
        (Some("object"), _) if schema["additionalProperties"].is_object() => {
            format!("by name: {}", value_of(root, follow(root, &schema["additionalProperties"])))
        }
        (Some("object"), _) => "mapping".to_owned(),
        (Some("string"), _) => "text".to_owned(),
        _ if schema["anyOf"].is_array() => {
            forms(schema).map(|form| value_of(root, follow(root, form))).collect::<Vec<_>>().join(" or ")
        }
        other => panic!("no words for {other:?}"),
    }
}

/// Terraform reads the slow part; ops reads all of it, to see whether Terraform is behind.
fn reader(name: &str, path: &str, slow_part: &Value) -> &'static str {
    let segments: Vec<&str> = path.split('.').map(|segment| segment.trim_end_matches("[]")).collect();
    let (service, task) = (&slow_part["services"]["worker"], &slow_part["tasks"]["cleanup"]);
    let slow = match segments.as_slice() {
        ["services", _, "deployment", field, ..] => service["deployment"].get(field),
        ["services", _, "containers", _, field, ..] => service["containers"]["proxy"].get(field),
        ["tasks", _, "containers", _, field, ..] => task["containers"]["agent"].get(field),
        ["services", _, field, ..] => service.get(field),
        ["tasks", _, field, ..] => task.get(field),
        ["sites", _, field, ..] => {
            slow_part["sites"].as_object().and_then(|sites| sites.values().find_map(|site| site.get(field)))
        }
        [field, ..] => slow_part.get(field),
        [] => None,
    };
    if name == "environment" && slow.is_some() { "Terraform, ops" } else { "ops" }
}

/// Of the declaration that says everything.
fn slow_part() -> Value {
    let environment = include_str!("../../../../terraform/modules/declaration/tests/right.yaml");
    let environment = SourceFile::new("environment.yaml", environment);
    let builds = SourceFile::new("builds.yaml", "version: 1\nartifacts: {}\n");
    read("dev", &environment, &builds).expect("it has no faults").slow_part
}
