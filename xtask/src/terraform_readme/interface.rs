//! What a module takes and gives, as its `.tf` files declare it.

use std::fmt;
use std::path::PathBuf;

use hcl::expr::{Expression, TemplateExpr};
use hcl::structure::{Block, Body};
use hcl::template::{Element, Template};

use super::ReadmeError;

/// A `.tf` file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Variables and outputs in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Interface {
    pub(super) inputs: Vec<Input>,
    pub(super) outputs: Vec<Output>,
}

#[derive(Debug)]
pub(super) struct Input {
    /// Name of the file that declares it.
    pub(super) file: String,
    pub(super) name: String,
    pub(super) kind: Option<Expression>,
    /// None where the caller has to give a value.
    pub(super) default: Option<Expression>,
    /// On one line; empty where there is none.
    pub(super) description: String,
}

#[derive(Debug)]
pub(super) struct Output {
    pub(super) name: String,
    /// On one line; empty where there is none.
    pub(super) description: String,
}

/// What a module leaves unsaid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    VariableWithoutDescription(String),
    VariableWithoutType(String),
    OutputWithoutDescription(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VariableWithoutDescription(name) => write!(formatter, "variable `{name}` has no description"),
            Self::VariableWithoutType(name) => write!(formatter, "variable `{name}` has no type"),
            Self::OutputWithoutDescription(name) => write!(formatter, "output `{name}` has no description"),
        }
    }
}

impl Interface {
    pub(super) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for input in &self.inputs {
            if input.description.is_empty() {
                faults.push(Fault::VariableWithoutDescription(input.name.clone()));
            }
            if input.kind.is_none() {
                faults.push(Fault::VariableWithoutType(input.name.clone()));
            }
        }
        let undescribed = self.outputs.iter().filter(|output| output.description.is_empty());
        faults.extend(undescribed.map(|output| Fault::OutputWithoutDescription(output.name.clone())));
        faults
    }
}

/// # Errors
/// When a file is not HCL.
pub(super) fn read(sources: &[Source]) -> Result<Interface, ReadmeError> {
    let mut interface = Interface::default();
    for Source { path, text } in sources {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let parsed = |source| ReadmeError::Parse { path: path.clone(), source: Box::new(source) };
        let body: Body = hcl::parse(text).map_err(parsed)?;
        for block in body.blocks() {
            let [label] = block.labels() else { continue };
            let name = label.as_str().to_owned();
            let description = attribute(block, "description").and_then(literal).unwrap_or_default();
            match block.identifier() {
                "variable" => interface.inputs.push(Input {
                    file: file.clone().into_owned(),
                    name,
                    kind: attribute(block, "type").cloned(),
                    default: attribute(block, "default").cloned(),
                    description,
                }),
                "output" => interface.outputs.push(Output { name, description }),
                _ => {}
            }
        }
    }
    Ok(interface)
}

fn attribute<'block>(block: &'block Block, key: &str) -> Option<&'block Expression> {
    block.body().attributes().find(|attribute| attribute.key() == key).map(|attribute| attribute.expr())
}

/// The text on one line. None for what is computed: Terraform refuses that in a description.
fn literal(expression: &Expression) -> Option<String> {
    let text = match expression {
        Expression::String(text) => text.clone(),
        Expression::TemplateExpr(template) => unescaped(template)?,
        _ => return None,
    };
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn unescaped(template: &TemplateExpr) -> Option<String> {
    let template = Template::from_expr(template).ok()?;
    let elements = template.elements().iter();
    elements
        .map(|element| match element {
            Element::Literal(text) => Some(text.as_str()),
            Element::Interpolation(_) | Element::Directive(_) => None,
        })
        .collect()
}
