use std::ops::Range;

/// A file of the declaration as somebody found it: on the disk, or in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path in the repository, such as `infra/environments/dev/environment.yaml`.
    pub name: String,
    pub content: FileContent,
}

/// What stands under a file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    Bytes(Vec<u8>),
    Missing,
    /// A folder, where a file should be.
    Directory,
    /// A symbolic link that leads out of the repository, or any at all in a commit.
    SymbolicLink,
    /// It is there and cannot be read; why, in the operating system's words.
    Unreadable(String),
}

impl SourceFile {
    /// Bytes above this are refused unread: no declaration comes near it.
    pub const LIMIT_BYTES: usize = 1024 * 1024;

    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content: FileContent::Bytes(bytes.into()) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match &self.content {
            FileContent::Bytes(bytes) => bytes,
            FileContent::Missing | FileContent::Directory | FileContent::SymbolicLink | FileContent::Unreadable(_) => {
                &[]
            }
        }
    }
}

/// The text of a file, to be shown under a fault: secrets are blotted out, and so is what a terminal would take for
/// a command. Every byte keeps its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    name: String,
    text: String,
}

impl SourceText {
    pub(super) fn new(name: &str, text: &str, secrets: &[Range<usize>]) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        for secret in secrets {
            for byte in bytes.get_mut(secret.clone()).into_iter().flatten() {
                // Line breaks stay, so that lines keep their numbers.
                if !matches!(byte, b'\n' | b'\r') {
                    *byte = b'*';
                }
            }
        }
        // A range that cuts a character in two leaves bytes that are no text.
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            error.into_bytes().iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '*' }).collect()
        });
        Self { name: name.to_owned(), text: without_control_characters(&text) }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset, both counted from 1, columns in characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

fn without_control_characters(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => plain.push(character),
            // Before a line feed it would move the cursor back over the line.
            _ if character.is_control() => plain.extend(std::iter::repeat_n(' ', character.len_utf8())),
            _ => plain.push(character),
        }
    }
    plain
}
