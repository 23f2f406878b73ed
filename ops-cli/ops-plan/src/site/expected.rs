//! Objects that a site's bucket has to hold.

use std::collections::BTreeMap;

use ops_model::site::{ObjectHeaders, SiteBuild};

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected<'a> {
    pub(super) sha256: &'a str,
    /// Bytes.
    pub(super) size: u64,
    /// `None`: of a staged copy they make no difference.
    pub(super) headers: Option<&'a ObjectHeaders>,
    pub(super) source: Source<'a>,
}

/// Where its content comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source<'a> {
    Bundle {
        bundle: &'a str,
        path: &'a str,
    },
    /// Key of the staged copy.
    Staged(String),
}

/// Objects by key: what is served, and what the builds that are kept need, the wanted one first among them.
pub(super) fn objects<'a>(wanted: &'a SiteBuild, others: &[&'a SiteBuild]) -> BTreeMap<String, Expected<'a>> {
    let mut objects = BTreeMap::new();
    for (path, file) in wanted.files.iter().filter(|(_, file)| !file.immutable) {
        let source = Source::Staged(file.held_at(path));
        let expected = Expected { sha256: &file.sha256, size: file.size, headers: Some(&file.headers), source };
        objects.insert(path.clone(), expected);
    }
    for build in std::iter::once(&wanted).chain(others) {
        for (path, file) in &build.files {
            objects.entry(file.held_at(path)).or_insert_with(|| Expected {
                sha256: &file.sha256,
                size: file.size,
                headers: file.immutable.then_some(&file.headers),
                source: Source::Bundle { bundle: &build.bundle, path },
            });
        }
    }
    objects
}

/// Whether the bucket can hold another build beside the wanted one: no name stands for two contents.
pub(super) fn fits_beside(wanted: &SiteBuild, other: &SiteBuild) -> bool {
    other
        .files
        .iter()
        .filter(|(_, file)| file.immutable)
        .all(|(path, file)| wanted.files.get(path).is_none_or(|wanted| wanted.sha256 == file.sha256))
}

/// Names that are to stand for one content for ever, and stand for another one in another build.
pub(super) fn names_taken(wanted: &SiteBuild, others: &[&SiteBuild]) -> Vec<String> {
    let taken = wanted.files.iter().filter(|(path, file)| {
        let is_taken = |other: &&SiteBuild| {
            other.files.get(*path).is_some_and(|other| other.immutable && other.sha256 != file.sha256)
        };
        file.immutable && others.iter().any(is_taken)
    });
    taken.map(|(path, _)| path.clone()).collect()
}
