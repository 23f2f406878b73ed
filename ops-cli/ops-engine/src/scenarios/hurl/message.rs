//! What hurl writes to standard error about a failure.
//!
//! ```text
//! error: Assert status code
//!   --> scenario.hurl:2:6
//!    |
//!    | GET http://127.0.0.1/version
//!  2 | HTTP 200
//!    |      ^^^ actual value is <404>
//!    |
//! ```

use ops_model::scenario::ScenarioFailure;

/// One failure in hurl's words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Message {
    pub(super) what: String,
    pub(super) line: u32,
    pub(super) column: u32,
    /// The line of the file.
    pub(super) text: String,
    pub(super) details: Vec<String>,
    /// The line that the request begins with, where the failure is further down.
    pub(super) request_line: Option<String>,
}

impl Message {
    pub(super) fn into_failure(self) -> ScenarioFailure {
        let Self { what, line, column, text, details, request_line } = self;
        ScenarioFailure {
            line,
            column: column.max(1),
            what,
            text,
            details,
            request: request_line,
            status: None,
            body: None,
        }
    }
}

/// All failures, in their order.
pub(super) fn messages(said: &str) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for line in said.lines() {
        if let Some(what) = line.strip_prefix("error: ") {
            messages.push(Message { what: what.trim().to_owned(), ..Message::default() });
        } else if let Some(message) = messages.last_mut() {
            add(message, line);
        }
    }
    messages
}

fn add(message: &mut Message, line: &str) {
    if message.line == 0 {
        if let Some(place) = line.trim_start().strip_prefix("--> ") {
            let mut numbers = place.rsplitn(3, ':').map(|number| number.parse().unwrap_or_default());
            message.column = numbers.next().unwrap_or_default();
            message.line = numbers.next().unwrap_or_default();
        }
        return;
    }
    let Some((margin, text)) = line.split_once('|') else { return };
    let text = text.strip_prefix(' ').unwrap_or(text);
    match margin.trim().parse::<u32>() {
        Ok(number) if number == message.line && message.text.is_empty() => message.text = text.trim_end().to_owned(),
        Err(_) if message.text.is_empty() => {
            if !text.trim().is_empty() && text.trim() != "..." {
                message.request_line = Some(text.trim().to_owned());
            }
        }
        // Carets point at what the line above says anyway.
        Ok(_) | Err(_) => {
            let detail = text.trim_start().trim_start_matches('^').trim();
            if !detail.is_empty() {
                message.details.push(detail.to_owned());
            }
        }
    }
}
