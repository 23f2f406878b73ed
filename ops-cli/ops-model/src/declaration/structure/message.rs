use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;

use crate::declaration::document::{Content, Node};
use crate::declaration::fault::{Fault, MOST_FAULTS};

/// Puts one error of the validator into words: one fault, or one for each key that it is about.
pub(super) fn faults(place: &Place<'_>, kind: &ValidationErrorKind, faults: &mut Vec<Fault>) {
    match kind {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            faults.extend(unexpected.iter().take(MOST_FAULTS).map(|key| place.unknown_key(key)));
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            if !place.is_misspelt(key) {
                faults.push(place.missing_key(key));
            }
        }
        ValidationErrorKind::Type { kind } => faults.push(place.wrong_type(&expected_types(kind))),
        ValidationErrorKind::Enum { options } => faults.push(place.not_an_option(options)),
        ValidationErrorKind::OneOfNotValid { .. } => faults.push(place.not_an_option(&constants(place.subschema))),
        ValidationErrorKind::AnyOf { context } => faults.push(place.wrong_type(&types_of_forms(context))),
        ValidationErrorKind::Minimum { limit } => faults.push(place.out_of_bounds(&format!("less than {limit}"))),
        ValidationErrorKind::Maximum { limit } => faults.push(place.out_of_bounds(&format!("more than {limit}"))),
        ValidationErrorKind::Pattern { .. } => faults.push(place.wrong_form()),
        ValidationErrorKind::MinItems { limit } | ValidationErrorKind::MinProperties { limit } => {
            faults.push(place.too_few(*limit));
        }
        ValidationErrorKind::MaxItems { limit } | ValidationErrorKind::MaxProperties { limit } => {
            faults.push(place.too_many(*limit));
        }
        ValidationErrorKind::MinLength { .. } => faults.push(place.empty()),
        ValidationErrorKind::MaxLength { limit } => faults.push(place.too_long(*limit)),
        ValidationErrorKind::UniqueItems => faults.extend(place.repetitions()),
        ValidationErrorKind::PropertyNames { error } => {
            faults.push(place.wrong_name(error.instance().as_str().unwrap_or_default()));
        }
        other => faults.push(place.other(other.keyword())),
    }
}

/// The value that an error is about.
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) path: &'a [String],
    /// Whether the value is one of a list.
    pub(super) is_item: bool,
    pub(super) node: &'a Node,
    pub(super) subschema: Option<&'a Value>,
}

impl Place<'_> {
    fn fault(&self, code: &'static str, message: String) -> Fault {
        Fault::new(code, self.file, message)
    }

    /// What the whole value is about: its key, or the file.
    fn name(&self) -> String {
        match self.path.last() {
            None => "the file".to_owned(),
            Some(last) if self.is_item => format!("item {} of {}", last, self.parent()),
            Some(last) => format!("`{last}`"),
        }
    }

    fn parent(&self) -> String {
        match self.path {
            [.., parent, _] => format!("`{parent}`"),
            _ => "the file".to_owned(),
        }
    }

    fn description(&self) -> Option<String> {
        let description = self.subschema?.get("description")?.as_str()?;
        Some(first_paragraph(description))
    }

    fn remedied(&self, fault: Fault) -> Fault {
        match self.description() {
            Some(description) => fault.remedy(format!("{}: {description}", self.name())),
            None => fault,
        }
    }

    fn known_keys(&self) -> Vec<&str> {
        let properties = self.subschema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        properties.map(|properties| properties.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    /// Whether the key is there under a name with a slip of the pen in it: that fault says it all.
    fn is_misspelt(&self, key: &str) -> bool {
        let known = self.known_keys();
        let mut unknown = self.node.entries().iter().filter(|entry| !known.contains(&entry.key.as_str()));
        unknown.any(|entry| closest(&entry.key, &known) == Some(key))
    }

    fn unknown_key(&self, key: &str) -> Fault {
        let known = self.known_keys();
        let span = self.node.entry(key).map_or(&self.node.span, |entry| &entry.key_span);
        let whose = if self.path.is_empty() { String::new() } else { format!(" in {}", self.name()) };
        let fault =
            self.fault("declaration::unknown_key", format!("there is no key `{key}`{whose}")).at(span, "unknown key");
        match closest(key, &known) {
            Some(meant) => fault.remedy(format!("did you mean `{meant}`?")),
            None => fault.remedy(format!("the keys here are: {}", known.join(", "))),
        }
    }

    fn missing_key(&self, key: &str) -> Fault {
        let description = self
            .subschema
            .and_then(|schema| schema.pointer(&format!("/properties/{key}/description")))
            .and_then(Value::as_str)
            .map(first_paragraph);
        let fault = self
            .fault("declaration::missing_key", format!("{} has no `{key}`", self.name()))
            .at(&self.head(), format!("`{key}` is missing"));
        match description {
            Some(description) => fault.remedy(format!("add `{key}`: {description}")),
            None => fault.remedy(format!("add `{key}`")),
        }
    }

    fn wrong_type(&self, expected: &str) -> Fault {
        let (got, remedy) = match &self.node.content {
            Content::Null => ("nothing".to_owned(), format!("write {expected}, or remove the line")),
            Content::Boolean(boolean) => (format!("the boolean {boolean}"), quoted_or(expected, &boolean.to_string())),
            Content::Number { written, .. } => (format!("the number {written}"), quoted_or(expected, written)),
            Content::Text(text) => (
                "text".to_owned(),
                match text.parse::<u64>() {
                    Ok(number) if expected == "a whole number" => format!("remove the quotes: {number}"),
                    _ => format!("write {expected}"),
                },
            ),
            Content::Sequence(_) => ("a list".to_owned(), format!("write {expected}")),
            Content::Mapping(_) => ("a mapping".to_owned(), format!("write {expected}")),
        };
        self.fault("declaration::wrong_type", format!("{} has to be {expected}, not {got}", self.name()))
            .at(&self.head(), got)
            .remedy(remedy)
    }

    fn not_an_option(&self, options: &Value) -> Fault {
        let words: Vec<String> = options.as_array().into_iter().flatten().map(bare).collect();
        let options: Vec<&str> = words.iter().map(String::as_str).collect();
        let list = options.iter().map(|option| format!("`{option}`")).collect::<Vec<_>>().join(", ");
        let fault = self
            .fault("declaration::not_an_option", format!("{} has to be one of {list}", self.name()))
            .at(&self.head(), "none of them");
        match self.node.text().and_then(|text| closest(text, &options)) {
            Some(meant) => fault.remedy(format!("did you mean `{meant}`?")),
            None => self.remedied(fault),
        }
    }

    fn out_of_bounds(&self, how: &str) -> Fault {
        let bounds = self.subschema.map(bounds).unwrap_or_default();
        let fault =
            self.fault("declaration::out_of_bounds", format!("{} may not be {how}", self.name())).at(&self.head(), how);
        if bounds.is_empty() { self.remedied(fault) } else { fault.remedy(format!("write {bounds}")) }
    }

    fn wrong_form(&self) -> Fault {
        let fault = self
            .fault("declaration::wrong_form", format!("{} does not have the form that it needs", self.name()))
            .at(&self.head(), "not of this form");
        self.remedied(fault)
    }

    fn too_few(&self, limit: u64) -> Fault {
        let items = count(limit);
        let fault = self
            .fault("declaration::too_few", format!("{} needs at least {items}", self.name()))
            .at(&self.head(), format!("only {}", self.length()));
        self.remedied(fault)
    }

    fn too_many(&self, limit: u64) -> Fault {
        let fault = self
            .fault("declaration::too_many", format!("{} takes at most {}", self.name(), count(limit)))
            .at(&self.head(), format!("{} are too many", self.length()));
        self.remedied(fault)
    }

    fn length(&self) -> usize {
        self.node.items().len() + self.node.entries().len()
    }

    fn empty(&self) -> Fault {
        let fault = self
            .fault("declaration::empty_text", format!("{} may not be empty", self.name()))
            .at(&self.head(), "nothing in it");
        self.remedied(fault)
    }

    fn too_long(&self, limit: u64) -> Fault {
        let fault = self
            .fault("declaration::too_long", format!("{} may have at most {limit} characters", self.name()))
            .at(&self.head(), "too long");
        self.remedied(fault)
    }

    /// One fault for each item that is there already.
    fn repetitions(&self) -> Vec<Fault> {
        let items = self.node.items();
        let is_repeated = |(index, item): &(usize, &Node)| {
            items.get(..*index).unwrap_or_default().iter().any(|earlier| earlier.to_value() == item.to_value())
        };
        let fault = |(index, item): (usize, &Node)| {
            self.fault("declaration::repetition", format!("item {index} of {} is there twice", self.name()))
                .at(&item.span, "the second time")
                .remedy("remove it")
        };
        items.iter().enumerate().filter(is_repeated).map(fault).collect()
    }

    fn wrong_name(&self, name: &str) -> Fault {
        let span = self.node.entry(name).map_or(&self.node.span, |entry| &entry.key_span);
        let rule = self
            .subschema
            .and_then(|schema| schema.pointer("/propertyNames/description"))
            .and_then(Value::as_str)
            .unwrap_or("lower-case letters, digits and hyphens, beginning with a letter");
        self.fault("declaration::wrong_name", format!("`{name}` cannot be a name in {}", self.name()))
            .at(span, "not a name")
            .remedy(format!("a name here is: {rule}"))
    }

    fn other(&self, keyword: &str) -> Fault {
        let fault = self
            .fault("declaration::wrong_form", format!("{} breaks the rule `{keyword}` of the schema", self.name()))
            .at(&self.head(), "breaks the rule");
        self.remedied(fault)
    }

    /// The value when it is short; the key's line when it goes over many.
    fn head(&self) -> std::ops::Range<usize> {
        match &self.node.content {
            Content::Mapping(entries) => entries.first().map_or(self.node.span.clone(), |entry| entry.key_span.clone()),
            Content::Sequence(items) => match items.first() {
                Some(first) if self.node.span.start < first.span.start => self.node.span.start..first.span.start,
                _ => self.node.span.clone(),
            },
            _ => self.node.span.clone(),
        }
    }
}

fn count(limit: u64) -> String {
    if limit == 1 { "1 item".to_owned() } else { format!("{limit} items") }
}

/// An option as people write it.
fn bare(option: &Value) -> String {
    option.as_str().map_or_else(|| option.to_string(), str::to_owned)
}

fn first_paragraph(description: &str) -> String {
    description.lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn expected_types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => type_name(&single.to_string()).to_owned(),
        TypeKind::Multiple(set) => {
            set.iter().map(|single| type_name(&single.to_string()).to_owned()).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// The types of all forms that a value may have.
fn types_of_forms(forms: &[Vec<ValidationError<'_>>]) -> String {
    let types = forms.iter().flatten().filter_map(|error| match error.kind() {
        ValidationErrorKind::Type { kind } => Some(expected_types(kind)),
        _ => None,
    });
    types.collect::<Vec<_>>().join(" or ")
}

fn type_name(name: &str) -> &str {
    match name {
        "object" => "a mapping (`key: value` lines)",
        "array" => "a list",
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        other => other,
    }
}

fn quoted_or(expected: &str, written: &str) -> String {
    if expected == "text" { format!("put it in quotes: \"{written}\"") } else { format!("write {expected}") }
}

fn bounds(subschema: &Value) -> String {
    match (subschema.get("minimum"), subschema.get("maximum")) {
        (Some(minimum), Some(maximum)) if minimum == maximum => format!("{minimum}"),
        (Some(minimum), Some(maximum)) => format!("a number from {minimum} to {maximum}"),
        (Some(minimum), None) => format!("a number of at least {minimum}"),
        (None, Some(maximum)) => format!("a number of at most {maximum}"),
        (None, None) => String::new(),
    }
}

/// Values of an enumeration whose variants have descriptions of their own.
fn constants(subschema: Option<&Value>) -> Value {
    let branches = subschema.and_then(|schema| schema.get("oneOf")).and_then(Value::as_array).into_iter().flatten();
    branches.filter_map(|branch| branch.get("const").cloned()).collect()
}

/// The known word that somebody who wrote this most likely meant.
fn closest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = written.to_lowercase().replace('-', "_");
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}
