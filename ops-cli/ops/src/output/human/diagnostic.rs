use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use ops_model::declaration::{Fault, Faults, SourceText};
use textwrap::{WordSeparator, WordSplitter};

use crate::error::CommandError;

/// A line longer than this is not shown: what is underlined would be far off the screen.
const LINE_LIMIT: usize = 240;

/// Columns that messages are wrapped to; text of the files is not.
const WIDTH: usize = 100;

/// An error with its causes and what to do about it.
pub(crate) fn error(error: &CommandError) -> String {
    match error.faults() {
        Some(found) => faults(found) + &render(error),
        None => render(error),
    }
}

/// Faults one after the other, each with the text that it is about.
pub(crate) fn faults(faults: &Faults) -> String {
    faults.faults.iter().map(|fault| render(&ShownFault::new(fault, faults)) + "\n").collect()
}

fn render(diagnostic: &dyn Diagnostic) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_width(WIDTH)
        .with_context_lines(1)
        // Dates, regions and ARNs have hyphens, and are copied whole.
        .with_word_separator(WordSeparator::AsciiSpace)
        .with_word_splitter(WordSplitter::NoHyphenation)
        .with_links(false);
    let mut text = String::new();
    match handler.render_report(&mut text, diagnostic) {
        Ok(()) => text,
        // Writing into a string does not fail; the plain message serves if it ever does.
        Err(fmt::Error) => format!("{diagnostic}\n"),
    }
}

/// Whether the line of the fault and its neighbours fit on a screen.
fn can_be_shown(fault: &Fault, source: &SourceText) -> bool {
    let Some(span) = &fault.span else { return false };
    let (line, _) = source.position(span.start);
    let around = source.text().lines().skip(line.saturating_sub(2)).take(3);
    around.map(|line| line.chars().count()).all(|length| length <= LINE_LIMIT)
}

/// A fault with its source, for miette.
#[derive(Debug)]
struct ShownFault<'a> {
    fault: &'a Fault,
    source: Option<NamedSource<String>>,
    /// Where it is, for a fault whose text is not shown.
    place: String,
}

impl<'a> ShownFault<'a> {
    fn new(fault: &'a Fault, faults: &Faults) -> Self {
        let place = match faults.position(fault) {
            Some((line, column)) => format!("{}:{line}:{column}", fault.file),
            None => fault.file.clone(),
        };
        let source = faults.sources.get(&fault.file).filter(|source| can_be_shown(fault, source));
        Self { fault, place, source: source.map(|source| NamedSource::new(source.name(), source.text().to_owned())) }
    }
}

impl fmt::Display for ShownFault<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Some(_) => write!(formatter, "{}", self.fault),
            None => write!(formatter, "{}: {}", self.place, self.fault),
        }
    }
}

impl std::error::Error for ShownFault<'_> {}

impl Diagnostic for ShownFault<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.fault.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.fault.remedy.as_ref().map(|remedy| Box::new(remedy) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.source.as_ref()?;
        let span = self.fault.span.clone()?;
        let label = LabeledSpan::new(Some(self.fault.label.clone()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}
