use ops_plan::ConfigurationDifference;

/// What a build meets in the next environment that it did not meet before.
pub(crate) fn configuration(from: &str, into: &str, differences: &[ConfigurationDifference]) -> String {
    if differences.is_empty() {
        return String::new();
    }
    let lines = lines(differences, "  ");
    format!("what runs it is declared otherwise in {into} than in {from}:\n{lines}")
}

/// Text of a pull request: the message of the commit, and the same.
pub(crate) fn proposal(message: &str, from: &str, into: &str, differences: &[ConfigurationDifference]) -> String {
    // The subject is the title.
    let body = message.split_once("\n\n").map_or(message, |(_, body)| body);
    if differences.is_empty() {
        return body.to_owned();
    }
    let lines = lines(differences, "");
    format!("{body}\nWhat runs it is declared otherwise in {into} than in {from}:\n\n```\n{lines}```\n")
}

fn lines(differences: &[ConfigurationDifference], indentation: &str) -> String {
    let width = differences.iter().map(|difference| difference.path.chars().count()).max().unwrap_or(0);
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let line = |ConfigurationDifference { path, from, into }: &ConfigurationDifference| {
        format!("{indentation}{path:width$}  {} → {}\n", shown(from), shown(into))
    };
    differences.iter().map(line).collect()
}
