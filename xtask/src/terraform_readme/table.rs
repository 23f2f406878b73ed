//! The interface of a module as two Markdown tables.

use hcl::expr::{Expression, ObjectKey};
use hcl::format::{Format as _, Formatter};

use super::interface::{Input, Interface, Output};

/// Longer code makes a table that nobody can read: it is shortened, with a link to where it stands in full.
const LONGEST_CODE: usize = 72;

pub(super) fn markdown(interface: &Interface) -> String {
    let inputs = interface.inputs.iter().map(input_row);
    let outputs = interface.outputs.iter().map(output_row);
    format!(
        "## Inputs\n\n{}\n## Outputs\n\n{}",
        table("| name | type | default | description |\n|---|---|---|---|\n", inputs),
        table("| name | description |\n|---|---|\n", outputs),
    )
}

fn table(head: &str, rows: impl Iterator<Item = String>) -> String {
    let rows: String = rows.collect();
    if rows.is_empty() { "None.\n".to_owned() } else { format!("{head}{rows}") }
}

fn input_row(input: &Input) -> String {
    let kind = input.kind.as_ref().map_or_else(String::new, |expression| kind(expression, &input.file));
    let default =
        input.default.as_ref().map_or_else(|| "required".to_owned(), |expression| default(expression, &input.file));
    format!("| {} | {kind} | {default} | {} |\n", code(&input.name), prose(&input.description))
}

fn output_row(output: &Output) -> String {
    format!("| {} | {} |\n", code(&output.name), prose(&output.description))
}

fn kind(expression: &Expression, file: &str) -> String {
    let full = one_line(expression);
    if full.len() <= LONGEST_CODE { code(&full) } else { format!("[{}]({file})", code(&outline(expression))) }
}

fn default(expression: &Expression, file: &str) -> String {
    let full = one_line(expression);
    if full.len() <= LONGEST_CODE { code(&full) } else { format!("[in {file}]({file})") }
}

/// A type with the names of its outermost attributes alone; those that may be left out have a question mark.
fn outline(kind: &Expression) -> String {
    let Expression::FuncCall(call) = kind else { return one_line(kind) };
    let arguments = call.args.iter().map(|argument| match argument {
        Expression::Object(object) => {
            let names: Vec<_> = object.iter().map(|(key, kind)| attribute(key, kind)).collect();
            format!("{{ {} }}", names.join(", "))
        }
        other => outline(other),
    });
    format!("{}({})", call.name, arguments.collect::<Vec<_>>().join(", "))
}

fn attribute(key: &ObjectKey, kind: &Expression) -> String {
    let may_be_left_out = matches!(kind, Expression::FuncCall(call) if call.name.name.as_str() == "optional");
    format!("{key}{}", if may_be_left_out { "?" } else { "" })
}

fn one_line(expression: &Expression) -> String {
    let mut formatter = Formatter::builder().compact(true).prefer_ident_keys(true).build_vec();
    // Neither a Vec nor an expression that was parsed can fail to be written.
    let text = expression.format_string(&mut formatter).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Markdown's code; a table's cell ends at a bar even there.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A description says `code` in Markdown already. Outside of it `<name>` would be taken for a tag.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`").replace('|', "\\|")
}
