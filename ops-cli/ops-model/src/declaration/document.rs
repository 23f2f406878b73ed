//! A YAML document as a tree in which every key and every value knows its place in the text.

#[cfg(test)]
mod agreement;
mod node;
mod parse;
mod scalar;

pub(super) use node::{Content, Entry, Node};
pub(super) use parse::parse;
