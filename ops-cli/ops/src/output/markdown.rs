//! A plan as a comment on a pull request: everything that matters above the fold, the fields in a table.

use std::fmt::Write as _;

use ops_model::plan::{Change, Difference, GroupStanding, Plan};
use ops_plan::firewall::EndingException;

use super::human;
use crate::declared::Declared;

/// GitHub-flavoured Markdown. The same plan gives the same text.
pub(crate) fn plan(plan: &Plan, ending: &[EndingException], declared: &Declared) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "### `ops plan {}`\n", plan.environment);
    let _ = writeln!(text, "{}\n", human::plan_summary(plan));
    for gate in &plan.gates {
        let lines = human::gate_words(gate, &plan.environment);
        let lines: Vec<_> = lines.lines().map(str::trim).collect();
        let _ = writeln!(text, "> **Held:** {}\n", lines.join("<br>"));
    }
    if plan.gates.is_empty() && !plan.terraform_behind.is_empty() {
        let _ = writeln!(text, "> Terraform has not been applied since: {}\n", plan.terraform_behind.join(", "));
    }
    for (index, wave) in plan.waves.iter().enumerate() {
        if plan.waves.len() > 1 {
            let _ = writeln!(text, "#### Wave {} of {}\n", index + 1, plan.waves.len());
        }
        for change in wave {
            change_text(&mut text, change);
        }
    }
    for hole in &plan.holes {
        let what = if hole.dangerous { "Dangerous hole" } else { "Hole" };
        let _ = writeln!(text, "> **{what}:** {} ({})\n", escaped(&hole.words), hole.rule_id);
    }
    for (name, standing) in &plan.firewall {
        if let GroupStanding::Missing { group_id } = standing {
            let _ = writeln!(text, "> {}\n", human::missing_group(name, group_id));
        }
    }
    for (kind, why) in &plan.unread {
        let _ = writeln!(text, "> {} could not be read: {}\n", human::kind_words(*kind), escaped(why));
    }
    for exception in ending {
        let _ = writeln!(text, "> Note: {}\n", escaped(&exception.to_string()));
    }
    for left_out in &plan.left_out {
        let subject = human::subject(left_out.kind, &left_out.name);
        let _ = writeln!(text, "> Left out: {}, {}\n", escaped(&subject), human::class_words(left_out.class));
    }
    let _ = writeln!(text, "<sub>{}</sub>", escaped(&declared.summary()));
    text
}

fn change_text(text: &mut String, change: &Change) {
    let subject = human::subject(change.kind(), &change.name);
    let _ = writeln!(text, "**{}**: {}\n", escaped(&subject), human::class_words(change.class));
    if !change.differences.is_empty() {
        text.push_str("| field | live | declared |\n|---|---|---|\n");
        for Difference { path, live, declared, class: _ } in &change.differences {
            let _ = writeln!(text, "| `{path}` | {} | {} |", cell(live.as_deref()), cell(declared.as_deref()));
        }
        text.push('\n');
    }
    for reason in &change.reasons {
        let _ = writeln!(text, "{}\n", escaped(reason));
    }
    for warning in &change.warnings {
        let _ = writeln!(text, "> **Warning:** {}\n", escaped(warning));
    }
}

/// A value in a cell of a table: code, without what would end the cell or the code.
fn cell(value: Option<&str>) -> String {
    match value {
        None => "none".to_owned(),
        Some(value) => {
            let line = value.replace(['\n', '\r'], " ").replace('|', "\\|");
            let fence = if line.contains('`') { "``" } else { "`" };
            format!("{fence} {line} {fence}")
        }
    }
}

/// Text that Markdown and HTML leave as it is.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', " ")
}
