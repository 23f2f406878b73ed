//! The files of scenarios, beside the declaration that names them.

use std::collections::BTreeMap;

use super::{Environment, Fault, Faults, FileContent, SourceFile, SourceText, plain_secrets};
use crate::scenario::ScenarioFailure;

/// Longer than any file that a person reads.
const LIMIT_BYTES: usize = 256 * 1024;

/// Paths of the files that the scenarios of an environment are in, each once, in order.
#[must_use]
pub fn scenario_paths(environment: &Environment) -> Vec<&str> {
    let mut paths: Vec<&str> = environment.scenarios.values().map(|scenario| scenario.file.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The text of each scenario, by the scenario's name. `files`: what was found under [`scenario_paths`].
///
/// # Errors
/// What stands in the way of any of them.
pub fn scenario_texts(environment: &Environment, files: &[SourceFile]) -> Result<BTreeMap<String, String>, Faults> {
    let read: BTreeMap<&str, Result<&str, Fault>> = files.iter().map(|file| (file.name.as_str(), text(file))).collect();
    let faults: Vec<Fault> = read.values().filter_map(|text| text.as_ref().err().cloned()).collect();
    if !faults.is_empty() {
        return Err(Faults { environment: environment.environment.clone(), faults, sources: BTreeMap::new() });
    }
    let texts = environment.scenarios.iter().filter_map(|(name, scenario)| {
        let text = read.get(scenario.file.as_str())?.as_ref().ok()?;
        Some((name.clone(), (*text).to_owned()))
    });
    Ok(texts.collect())
}

/// What a reader of the files' language found, as faults: path and text of a file, and what is wrong with it.
#[must_use]
pub fn scenario_faults(environment: &str, found: &[(&str, &str, ScenarioFailure)]) -> Option<Faults> {
    if found.is_empty() {
        return None;
    }
    let faults = found.iter().map(|(path, text, failure)| {
        let start = offset(text, failure.line, failure.column);
        let label = failure.details.first().cloned().unwrap_or_else(|| "here".to_owned());
        let letter = text.get(start..).and_then(|rest| rest.chars().next()).filter(|letter| *letter != '\n');
        Fault::new("scenario::syntax", path, format!("the file is no Hurl file: {}", failure.what.to_lowercase()))
            .at(&(start..start + letter.map_or(0, char::len_utf8)), label)
            .remedy("https://hurl.dev/docs/hurl-file.html says what may stand here")
    });
    let sources = found.iter().map(|(path, text, _)| {
        let secrets = plain_secrets::places_in_lines(text);
        ((*path).to_owned(), SourceText::new(path, text, &secrets))
    });
    Some(Faults { environment: environment.to_owned(), faults: faults.collect(), sources: sources.collect() })
}

fn text(file: &SourceFile) -> Result<&str, Fault> {
    let fault = |message: &str| Fault::new("scenario::file", &file.name, message);
    let bytes = match &file.content {
        FileContent::Bytes(bytes) => bytes,
        FileContent::Missing => {
            return Err(fault("a scenario names this file, and it does not exist")
                .remedy("write it, or correct `file:` under `scenarios:` in environment.yaml"));
        }
        FileContent::Directory => {
            return Err(fault("a folder stands where the file should be").remedy("name a file in it"));
        }
        FileContent::SymbolicLink => {
            return Err(fault("a symbolic link leads out of the repository")
                .remedy("put the file itself in the place of the link"));
        }
        FileContent::Unreadable(why) => return Err(fault(&format!("the file cannot be read: {why}"))),
    };
    if bytes.len() > LIMIT_BYTES {
        let message = format!("the file has more than {LIMIT_BYTES} bytes");
        return Err(fault(&message).remedy("make several scenarios of it"));
    }
    let not_text = |_| fault("the file is not UTF-8 text").remedy("save the file in the encoding UTF-8");
    std::str::from_utf8(bytes).map_err(not_text)
}

/// Byte of a line and a column, both counted from 1, columns in characters; the end of the text where there is no such.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text.get(start..).and_then(|rest| rest.find('\n')) {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let letters = text.get(start..).unwrap_or_default().char_indices();
    let skipped = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    letters.map(|(at, _)| start + at).nth(skipped).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let text = "één\nGET x\n";
        assert_eq!(offset(text, 1, 1), 0);
        assert_eq!(offset(text, 1, 2), 2);
        assert_eq!(offset(text, 2, 5), 10);
        assert_eq!(offset(text, 9, 1), text.len());
        assert_eq!(offset(text, 2, 99), text.len());
    }
}
