use std::collections::HashMap;
use std::ops::Range;

use serde_yaml::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::scalar::{readers_disagree, resolve};
use super::{Content, Entry, Node};
use crate::declaration::fault::{Fault, MOST_FAULTS};

/// Mappings and sequences may be nested this deep; a declaration needs seven.
const DEPTH_LIMIT: usize = 32;
/// Nodes after aliases are written out: a few kilobytes of aliases can stand for billions of them.
const NODE_LIMIT: usize = 50_000;

/// Reads the one document of a file, or says everything about its form that is wrong.
///
/// The node is there also when there are faults that leave a readable document, such as a duplicate key.
pub(in crate::declaration) fn parse(file: &str, text: &str) -> (Option<Node>, Vec<Fault>) {
    let mut builder = Builder {
        file,
        text,
        open: Vec::new(),
        documents: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        faults: Vec::new(),
    };
    let options = serde_yaml::granit_parser::options! { emit_comments: false, disallow_directives: true };
    for event in Parser::new_from_str_with_options(text, options) {
        let result =
            event.map_err(|error| builder.syntax(&error)).and_then(|(event, span)| builder.accept(event, span));
        if let Err(fault) = result {
            builder.faults.push(fault);
            return (None, builder.faults);
        }
    }
    let Builder { mut documents, mut faults, .. } = builder;
    if let Some(second) = documents.get(1) {
        faults.push(
            Fault::new("declaration::several_documents", file, "the file holds more than one YAML document")
                .at(&first_line(text, &second.span), "the second one begins here")
                .remedy("keep one document and remove the `---` lines"),
        );
    }
    documents.truncate(1);
    (documents.pop(), faults)
}

/// A collection whose end has not been reached.
struct Open {
    start: usize,
    anchor: usize,
    content: Unfinished,
}

enum Unfinished {
    Sequence(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        /// Place of each key among the entries.
        places: HashMap<String, usize>,
        key: Option<(String, Range<usize>)>,
    },
}

struct Builder<'a> {
    file: &'a str,
    text: &'a str,
    open: Vec<Open>,
    documents: Vec<Node>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    faults: Vec<Fault>,
}

impl Builder<'_> {
    fn accept(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let bytes = self.bytes(&span);
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let content = self.scalar(&value, style, tag.as_deref(), &bytes);
                self.place(Node { span: bytes, content }, anchor, 1)
            }
            Event::Alias(id) => {
                let Some(target) = self.anchors.get(&id) else {
                    return Err(Fault::new(
                        "declaration::syntax",
                        self.file,
                        "an alias stands inside of what it stands for",
                    )
                    .at(&bytes, "this alias never ends")
                    .remedy("write the value out"));
                };
                let node = Node { span: bytes, content: target.content.clone() };
                let weight = size(&node.content);
                self.place(node, 0, weight)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), &bytes);
                self.begin(bytes, anchor, Unfinished::Sequence(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), &bytes);
                self.begin(
                    bytes,
                    anchor,
                    Unfinished::Mapping { entries: Vec::new(), places: HashMap::new(), key: None },
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(bytes.end),
            // Other events are about the stream; they carry no value.
            _ => Ok(()),
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, tag: Option<&Tag>, span: &Range<usize>) -> Content {
        if tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str")) || style != ScalarStyle::Plain {
            return Content::Text(value.to_owned());
        }
        self.refuse_tag(tag, span);
        if readers_disagree(value) {
            self.note(|this| {
                Fault::new(
                    "declaration::ambiguous_value",
                    this.file,
                    format!("`{value}` is not the same to every reader of YAML"),
                )
                .at(span, "Terraform and ops may read this differently")
                .remedy(format!(
                    "put it in quotes if it is text (\"{value}\"); else write a decimal number, `true` or `false`"
                ))
            });
        }
        resolve(value)
    }

    fn note(&mut self, fault: impl FnOnce(&Self) -> Fault) {
        if self.faults.len() < MOST_FAULTS {
            let fault = fault(self);
            self.faults.push(fault);
        }
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, span: &Range<usize>) {
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            self.note(|this| {
                Fault::new(
                    "declaration::tag",
                    this.file,
                    format!("the YAML tag `{}` means nothing here", tag.original()),
                )
                .at(&first_line(this.text, span), "this value has a tag")
                .remedy("remove the tag")
            });
        }
    }

    fn begin(&mut self, span: Range<usize>, anchor: usize, content: Unfinished) -> Result<(), Fault> {
        if self.open.len() >= DEPTH_LIMIT {
            return Err(self.too_deep(&first_line(self.text, &span)));
        }
        self.open.push(Open { start: span.start, anchor, content });
        Ok(())
    }

    fn too_deep(&self, span: &Range<usize>) -> Fault {
        Fault::new("declaration::too_deep", self.file, format!("values are nested more than {DEPTH_LIMIT} deep"))
            .at(span, "too deep")
            .remedy("no key of a declaration is that deep: remove the brackets")
    }

    fn end(&mut self, end: usize) -> Result<(), Fault> {
        let Some(Open { start, anchor, content }) = self.open.pop() else { return Ok(()) };
        let content = match content {
            Unfinished::Sequence(items) => Content::Sequence(items),
            Unfinished::Mapping { entries, .. } => Content::Mapping(entries),
        };
        let span = trimmed(self.text, start..end.max(start));
        self.place(Node { span, content }, anchor, 1)
    }

    /// Puts a finished node where it belongs: into the open collection, or on top as the document.
    fn place(&mut self, node: Node, anchor: usize, weight: usize) -> Result<(), Fault> {
        self.nodes += weight;
        if self.nodes > NODE_LIMIT {
            return Err(Fault::new(
                "declaration::too_large",
                self.file,
                format!("the file stands for more than {NODE_LIMIT} values"),
            )
            .at(&first_line(self.text, &node.span), "the limit is passed here")
            .remedy("remove the aliases that multiply it"));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.documents.push(node),
            Some(Unfinished::Sequence(items)) => items.push(node),
            Some(Unfinished::Mapping { entries, places, key }) => match key.take() {
                None => *key = Some((key_text(self.file, self.text, &node)?, node.span)),
                Some((key, key_span)) => match places.get(&key).and_then(|place| entries.get(*place)) {
                    None => {
                        places.insert(key.clone(), entries.len());
                        entries.push(Entry { key, key_span, value: node });
                    }
                    Some(first) => {
                        let first = first.key_span.start;
                        self.note(|this| this.duplicate_key(&key, &key_span, first));
                    }
                },
            },
        }
        Ok(())
    }

    fn duplicate_key(&self, key: &str, span: &Range<usize>, first: usize) -> Fault {
        let line = self.text.get(..first).unwrap_or_default().matches('\n').count() + 1;
        Fault::new("declaration::duplicate_key", self.file, format!("the key `{key}` is there twice"))
            .at(span, format!("first on line {line}"))
            .remedy("keep one of the two")
    }

    fn bytes(&self, span: &Span) -> Range<usize> {
        let start = span.start.byte_offset().unwrap_or_default().min(self.text.len());
        let end = span.end.byte_offset().unwrap_or(start).clamp(start, self.text.len());
        trimmed(self.text, start..end)
    }

    fn syntax(&self, error: &ScanError) -> Fault {
        let start = error.marker().byte_offset().unwrap_or_default().min(self.text.len());
        let line = self.text.get(..start).map_or(0, |before| before.rfind('\n').map_or(0, |newline| newline + 1));
        let rest_of_line = self.text.get(line..).unwrap_or_default().split('\n').next().unwrap_or_default();
        let indentation: String = rest_of_line.chars().take_while(|character| character.is_whitespace()).collect();
        if let Some(tab) = indentation.find('\t') {
            return Fault::new("declaration::syntax", self.file, "the line is indented with a tab")
                .at(&(line + tab..line + tab + 1), "a tab")
                .remedy("YAML is indented with spaces only");
        }
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            return self.too_deep(&(start..start));
        }
        let end = start + self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        Fault::new("declaration::syntax", self.file, format!("this is not YAML: {}", error.kind()))
            .at(&(start..end), "reading stopped here")
            .remedy("the slip may be on a line above: look for a missing `:`, quote, bracket or space of indentation")
    }
}

fn key_text(file: &str, text: &str, node: &Node) -> Result<String, Fault> {
    match &node.content {
        Content::Text(key) | Content::Number { written: key, .. } => Ok(key.clone()),
        Content::Boolean(_) | Content::Null => Ok(text.get(node.span.clone()).unwrap_or_default().to_owned()),
        Content::Sequence(_) | Content::Mapping(_) => {
            Err(Fault::new("declaration::key_not_text", file, "a key has to be text")
                .at(&first_line(text, &node.span), "this key is a list or a mapping")
                .remedy("write the key as plain text; a value that begins with `{` or `[` needs quotes"))
        }
    }
}

/// How many values it is; a long text is as many as it could hold, for aliases multiply it.
fn size(content: &Content) -> usize {
    match content {
        Content::Text(text) => 1 + text.len() / 64,
        Content::Sequence(items) => 1 + items.iter().map(|item| size(&item.content)).sum::<usize>(),
        Content::Mapping(entries) => 1 + entries.iter().map(|entry| size(&entry.value.content)).sum::<usize>(),
        Content::Null | Content::Boolean(_) | Content::Number { .. } => 1,
    }
}

/// Block collections end where the next token begins; what they say ends earlier.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let length = text.get(span.clone()).map_or(span.len(), |part| part.trim_end().len());
    span.start..span.start + length
}

fn first_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let length = text.get(span.clone()).and_then(|part| part.lines().next()).map_or(0, |line| line.trim_end().len());
    span.start..span.start + length
}
