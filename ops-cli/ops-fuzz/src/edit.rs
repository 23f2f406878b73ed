//! What a mutation does to an input: to its bytes, its lines, its words, or with another input.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Words that parsers stumble over.
const NASTY: [&str; 48] = [
    "",
    " ",
    "\n",
    "\t",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{1f600}",
    "e\u{301}",
    "~",
    "null",
    "true",
    "no",
    "-1",
    "0",
    "65536",
    "4294967296",
    "18446744073709551616",
    "-9223372036854775809",
    "1e999",
    "-0.0",
    ".nan",
    ".inf",
    "0x1F",
    "0o17",
    "1_000",
    "12:30:00",
    "2026-01-01",
    "{",
    "}",
    "[",
    "]",
    "- ",
    "? ",
    ": ",
    "&a ",
    "*a",
    "!!str ",
    "!!binary ",
    "<<: *a\n",
    "| \n",
    ">-2\n",
    "\"\\u0000\\ud800\"",
    "---\n",
    "'",
];

#[derive(Debug, Clone)]
pub(crate) enum Edit {
    SetByte(Index, u8),
    Remove(Index, usize),
    Insert(Index, Vec<u8>),
    /// A word of [`NASTY`] before a place.
    InsertNasty(Index, Index),
    /// A word of the input becomes one of [`NASTY`].
    ReplaceByNasty(Index, Index),
    /// A word of the input becomes another one of its words.
    ReplaceByWord(Index, Index),
    RemoveLines(Index, usize),
    RepeatLines(Index, usize, usize),
    MoveLines(Index, usize, Index),
    /// More or fewer spaces before a line.
    Indent(Index, usize),
    /// Lines of the other input.
    Splice(Index, Index, usize),
    /// The other input after the beginning of this one.
    Join(Index, Index),
    Truncate(Index),
}

pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let index = any::<Index>;
    let edit = prop_oneof![
        1 => (index(), any::<u8>()).prop_map(|(at, byte)| Edit::SetByte(at, byte)),
        1 => (index(), 1usize..16).prop_map(|(at, length)| Edit::Remove(at, length)),
        1 => (index(), vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        3 => (index(), index()).prop_map(|(at, word)| Edit::InsertNasty(at, word)),
        6 => (index(), index()).prop_map(|(at, word)| Edit::ReplaceByNasty(at, word)),
        6 => (index(), index()).prop_map(|(at, word)| Edit::ReplaceByWord(at, word)),
        3 => (index(), 1usize..5).prop_map(|(at, lines)| Edit::RemoveLines(at, lines)),
        2 => (index(), 1usize..5, prop_oneof![9 => 1usize..4, 1 => 4usize..500])
            .prop_map(|(at, lines, times)| Edit::RepeatLines(at, lines, times)),
        3 => (index(), 1usize..5, index()).prop_map(|(at, lines, to)| Edit::MoveLines(at, lines, to)),
        3 => (index(), 0usize..9).prop_map(|(at, spaces)| Edit::Indent(at, spaces)),
        4 => (index(), index(), 1usize..20).prop_map(|(at, from, lines)| Edit::Splice(at, from, lines)),
        1 => (index(), index()).prop_map(|(at, from)| Edit::Join(at, from)),
        1 => index().prop_map(Edit::Truncate),
    ];
    vec(edit, 1..8)
}

/// Largest input that mutations make: time goes into many, not into large ones.
const LIMIT_BYTES: usize = 64 * 1024;

pub(crate) fn apply(edits: &[Edit], input: &[u8], other: &[u8]) -> Vec<u8> {
    let mut edited = input.to_vec();
    for edit in edits {
        edited = edit.apply(edited, other);
        edited.truncate(LIMIT_BYTES);
    }
    edited
}

impl Edit {
    fn apply(&self, mut input: Vec<u8>, other: &[u8]) -> Vec<u8> {
        let place = |index: &Index| index.index(input.len() + 1);
        match self {
            Self::SetByte(at, byte) => {
                let at = place(at);
                if let Some(there) = input.get_mut(at) {
                    *there = *byte;
                }
                input
            }
            Self::Remove(at, length) => {
                let at = place(at);
                let end = (at + length).min(input.len());
                input.splice(at..end, []);
                input
            }
            Self::Insert(at, bytes) => {
                let at = place(at);
                input.splice(at..at, bytes.iter().copied());
                input
            }
            Self::InsertNasty(at, word) => {
                let at = place(at);
                input.splice(at..at, word.get(&NASTY).bytes());
                input
            }
            Self::ReplaceByNasty(at, word) => replace_word(&input, at, word.get(&NASTY).as_bytes()),
            Self::ReplaceByWord(at, by) => {
                let words = words(&input);
                if words.is_empty() {
                    return input;
                }
                let by: &&[u8] = by.get(&words);
                replace_word(&input, at, by)
            }
            Self::RemoveLines(at, count) => {
                let mut lines = lines(&input);
                cut(&mut lines, at, *count);
                lines.concat()
            }
            Self::RepeatLines(at, count, times) => {
                let mut lines = lines(&input);
                let at = at.index(lines.len() + 1);
                let end = (at + count).min(lines.len());
                let repeated = lines.get(at..end).unwrap_or_default().repeat(*times);
                lines.splice(at..at, repeated);
                lines.concat()
            }
            Self::MoveLines(at, count, to) => {
                let mut lines = lines(&input);
                let moved = cut(&mut lines, at, *count);
                let to = to.index(lines.len() + 1);
                lines.splice(to..to, moved);
                lines.concat()
            }
            Self::Indent(at, spaces) => {
                let mut lines = lines(&input);
                if lines.is_empty() {
                    return input;
                }
                let at = at.index(lines.len());
                let indented = lines.get(at).map(|line| [&b" ".repeat(*spaces), line.trim_ascii_start()].concat());
                if let (Some(line), Some(indented)) = (lines.get_mut(at), &indented) {
                    *line = indented;
                }
                lines.concat()
            }
            Self::Splice(at, from, count) => {
                let (mut lines, mut others) = (lines(&input), lines(other));
                let taken = cut(&mut others, from, *count);
                let at = at.index(lines.len() + 1);
                lines.splice(at..at, taken);
                lines.concat()
            }
            Self::Join(at, from) => {
                let beginning = input.get(..place(at)).unwrap_or_default();
                [beginning, other.get(from.index(other.len() + 1)..).unwrap_or_default()].concat()
            }
            Self::Truncate(at) => {
                let at = place(at);
                input.truncate(at);
                input
            }
        }
    }
}

fn lines(input: &[u8]) -> Vec<&[u8]> {
    input.split_inclusive(|byte| *byte == b'\n').collect()
}

/// Takes lines out.
fn cut<'a>(lines: &mut Vec<&'a [u8]>, at: &Index, count: usize) -> Vec<&'a [u8]> {
    let at = at.index(lines.len() + 1);
    let end = (at + count).min(lines.len());
    lines.splice(at..end, []).collect()
}

/// What stands between spaces and punctuation.
fn words(input: &[u8]) -> Vec<&[u8]> {
    let is_between = |byte: &u8| byte.is_ascii_whitespace() || b":,[]{}\"'#".contains(byte);
    input.split(is_between).filter(|word| !word.is_empty()).collect()
}

fn replace_word(input: &[u8], at: &Index, by: &[u8]) -> Vec<u8> {
    let words = words(input);
    if words.is_empty() {
        return by.to_vec();
    }
    // A word is a part of the input, so the addresses say where.
    let word = at.get(&words);
    let start = word.as_ptr().addr() - input.as_ptr().addr();
    let mut edited = input.to_vec();
    edited.splice(start..start + word.len(), by.iter().copied());
    edited
}
