//! The environment that builds have to be promoted from, which is declared beside the one that says so.

use std::collections::BTreeMap;

use super::{Declaration, Fault, Faults, SourceFile, SourceText, document, plain_secrets};

/// The fault of an environment whose builds have to come from one that there is not. `file`: the `environment.yaml` that
/// `declaration` was read from; `known`: names of all environments.
#[must_use]
pub fn unknown_origin(declaration: &Declaration, file: &SourceFile, known: &[String]) -> Option<Faults> {
    let environment = &declaration.environment;
    let from = environment.gates.promotion.as_ref().map(|promotion| &promotion.from)?;
    if known.contains(from) {
        return None;
    }
    let text = std::str::from_utf8(file.bytes()).ok()?;
    let (document, _) = document::parse(&file.name, text);
    let document = document?;
    let node = document.get("gates")?.get("promotion")?.get("from")?;
    let others: Vec<_> =
        known.iter().filter(|name| **name != environment.environment).map(|name| format!("`{name}`")).collect();
    let others = if others.is_empty() { "there is none".to_owned() } else { others.join(", ") };
    let fault = Fault::new("declaration::gates", &file.name, format!("there is no environment `{from}`"))
        .at(&node.span, "not declared")
        .remedy(format!("name one of the other environments: {others}"));
    let shown = SourceText::new(&file.name, text, &plain_secrets::places(&document));
    let sources = BTreeMap::from([(file.name.clone(), shown)]);
    Some(Faults { environment: environment.environment.clone(), faults: vec![fault], sources })
}
