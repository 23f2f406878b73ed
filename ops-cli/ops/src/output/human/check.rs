use ops_engine::preflight::{Finding, Verdict};
use owo_colors::OwoColorize as _;

use super::diagnostic;
use super::words::{shorten_arns, shorten_digests};
use crate::command::CheckedEnvironment;

/// Each environment: fine, or its faults with the text that they are about.
pub(crate) fn check(environments: &[CheckedEnvironment]) -> String {
    let mut text = String::new();
    for environment in environments {
        match &environment.result {
            Ok(declaration) => {
                let services = declaration.environment.services.len();
                let plural = if services == 1 { "" } else { "s" };
                text.push_str(&format!("{} {}: {services} service{plural}\n", "✓".green(), environment.name.bold()));
                if let Some(why) = &environment.unchecked {
                    text.push_str(&format!("  {} {why}\n", "note:".cyan()));
                }
            }
            Err(faults) => {
                text.push_str(&diagnostic::faults(faults));
                let count = faults.faults.len();
                let plural = if count == 1 { "" } else { "s" };
                text.push_str(&format!("{} {}: {count} fault{plural}\n", "✗".red(), environment.name.bold()));
            }
        }
    }
    text
}

/// Every check of the live account, and how many came out how.
pub(crate) fn findings(environment: &str, findings: &[Finding]) -> String {
    let mut text = String::new();
    let mut subject = None;
    let (mut ok, mut failed, mut skipped) = (0, 0, 0);
    for finding in findings {
        if subject != Some(&finding.subject) {
            subject = Some(&finding.subject);
            text.push_str(&format!("{}\n", finding.subject.bold()));
        }
        let (verdict, why) = match &finding.verdict {
            Verdict::Ok => {
                ok += 1;
                ("OK     ".green().to_string(), None)
            }
            Verdict::Failed { why } => {
                failed += 1;
                ("FAILED ".red().to_string(), Some(why))
            }
            Verdict::Skipped { why } => {
                skipped += 1;
                ("SKIPPED".yellow().to_string(), Some(why))
            }
        };
        text.push_str(&format!("  {verdict} {}\n", shorten_digests(&finding.check)));
        if let Some(why) = why {
            text.push_str(&format!("          {}\n", shorten_arns(why)));
        }
    }
    format!("{text}{environment}: {ok} ok, {failed} failed, {skipped} skipped\n")
}
