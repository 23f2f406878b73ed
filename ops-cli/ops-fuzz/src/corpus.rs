//! Inputs that mutations begin with.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use proptest::sample::Index;

use crate::target::Target;

/// Grown by then, it holds no room for more.
const LIMIT: usize = 5000;

/// The seeds, and what took a way that none before it took.
pub(crate) struct Corpus {
    inputs: Vec<Vec<u8>>,
    ways: BTreeSet<String>,
}

impl Corpus {
    pub(crate) fn of(target: Target) -> io::Result<Self> {
        let mut inputs = Vec::new();
        for folder in target.seeds() {
            for path in files(&folder, target.extension())? {
                inputs.push(fs::read(path)?);
            }
        }
        if inputs.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("{} has no seeds", target.name())));
        }
        Ok(Self { inputs, ways: BTreeSet::new() })
    }

    pub(crate) fn inputs(&self) -> &[Vec<u8>] {
        &self.inputs
    }

    pub(crate) fn choose(&self, index: &Index) -> &[u8] {
        index.get(self.inputs.as_slice()).as_slice()
    }

    pub(crate) fn ways(&self) -> usize {
        self.ways.len()
    }

    /// Keeps an input whose way is new, so that what is rare is mutated further.
    pub(crate) fn learn(&mut self, input: Vec<u8>, way: String) {
        if self.ways.insert(way) && self.inputs.len() < LIMIT {
            self.inputs.push(input);
        }
    }
}

/// Files of the folder and of those below, by name; none when there is no folder.
pub(crate) fn files(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
