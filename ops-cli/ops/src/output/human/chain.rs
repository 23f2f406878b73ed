use ops_model::record::chain::Examination;
use owo_colors::OwoColorize as _;

use super::words::counted;

/// Whether the records of an environment are those that were written; each break on a line of its own.
pub(crate) fn chain(environment: &str, examination: &Examination) -> String {
    let Examination { linked, earlier, from, to, last, breaks } = examination;
    let day = |moment: &Option<jiff::Timestamp>| {
        moment.map(|moment| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
    };
    let chain = format!("{environment}: the chain of {}", counted(*linked, "record"));
    let mut text = match (breaks.as_slice(), linked, earlier) {
        ([], 0, 0) => format!("{environment} has no record yet\n"),
        ([], 0, _) => format!("{environment}: no record names the one before it yet; the next one begins the chain\n"),
        ([], ..) => format!("{chain} is {}, from {} to {}\n", "whole".green(), day(from), day(to)),
        _ => format!("{chain} is {} in {}\n", "broken".red().bold(), counted(breaks.len(), "place")),
    };
    for broken in breaks {
        text.push_str(&format!("  {broken}\n"));
    }
    if *earlier > 0 {
        text.push_str(&format!("older than the chain, and not covered by it: {}\n", counted(*earlier, "record")));
    }
    if let Some(last) = last {
        text.push_str(&format!("it ends with {}@sha256:{}\n", last.id, last.sha256));
    }
    text
}

#[cfg(test)]
mod tests {
    use ops_model::record::RecordLink;
    use ops_model::record::chain::{Break, NamedBy};

    use super::*;

    fn shown(breaks: Vec<Break>) -> String {
        let examination = Examination {
            linked: 42,
            earlier: 1,
            from: "2026-01-02T03:04:05Z".parse().ok(),
            to: "2026-03-02T03:04:05Z".parse().ok(),
            last: Some(RecordLink { id: "01LAST".to_owned(), sha256: "5".repeat(64) }),
            breaks,
        };
        anstream::adapter::strip_str(&chain("dev", &examination)).to_string()
    }

    #[test]
    fn a_whole_chain_is_one_line_and_its_end() {
        insta::assert_snapshot!("whole", shown(Vec::new()));
    }

    #[test]
    fn every_break_is_named() {
        let id = "01BROKEN".to_owned();
        let by = NamedBy::Record("01AFTER".to_owned());
        let (expected, found) = ("1".repeat(64), "2".repeat(64));
        insta::assert_snapshot!(
            "broken",
            shown(vec![
                Break::Changed { id: id.clone(), by: by.clone(), expected: expected.clone(), found: found.clone() },
                Break::Missing { id: id.clone(), by, after: Some("01BEFORE".to_owned()) },
                Break::Missing { id: id.clone(), by: NamedBy::LastRecord, after: None },
                Break::Unnamed { id: id.clone() },
                Break::Unlinked { id: id.clone() },
                Break::Unreadable { id: id.clone(), why: "it cannot be understood: EOF".to_owned() },
                Break::Misplaced { id: id.clone(), says: "01OTHER".to_owned() },
                Break::NoEnd,
                Break::NotContained { id: id.clone() },
                Break::NotAsKnown { id, expected, found },
            ])
        );
    }
}
