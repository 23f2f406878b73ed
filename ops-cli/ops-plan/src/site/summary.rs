//! What differs in a site, short enough for people: how many files, how large, and the first names.

use ops_model::plan::{ChangeClass, Difference};

/// Names that are shown.
const SHOWN: usize = 20;

/// Files that have something in common.
#[derive(Debug, Default)]
pub(super) struct Group<'a> {
    paths: Vec<&'a str>,
    bytes: u64,
}

impl<'a> Group<'a> {
    pub(super) fn add(&mut self, path: &'a str, size: u64) {
        self.paths.push(path);
        self.bytes = self.bytes.saturating_add(size);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// `2 files, 3.1 kB: a.js, b.js`.
    pub(super) fn in_words(&self) -> String {
        let count = self.paths.len();
        let files = if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let mut shown: Vec<_> = self.paths.iter().take(SHOWN).map(|path| (*path).to_owned()).collect();
        if count > SHOWN {
            shown.push(format!("and {} more", count - SHOWN));
        }
        format!("{files}, {}: {}", size_in_words(self.bytes), shown.join(", "))
    }

    /// Nothing where there are no files.
    pub(super) fn difference(&self, path: &str, live: Option<&str>, declared: Option<&str>) -> Option<Difference> {
        let words = self.in_words();
        let shown = |text: &str| text.replace(FILES, &words);
        (!self.is_empty()).then(|| Difference {
            path: path.to_owned(),
            live: live.map(shown),
            declared: declared.map(shown),
            class: ChangeClass::InPlace,
        })
    }
}

/// Stands for the files in a text.
pub(super) const FILES: &str = "{files}";

fn size_in_words(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (u128::from(bytes) * 10 / u128::from(unit)).min(u128::from(u64::MAX));
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}
