use owo_colors::OwoColorize as _;

use super::diagnostic;
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
