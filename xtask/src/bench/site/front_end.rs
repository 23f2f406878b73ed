//! A front-end as a build leaves it: many small files, a few large ones, pages that name them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One in so many small files is a page, which keeps its name when it changes.
const PAGES: usize = 100;
/// Small files are of up to so many bytes, evenly.
const SMALL_BYTES: usize = 16 << 10;
/// As of a film or a font with many scripts.
const LARGE_BYTES: usize = 12 << 20;

pub(super) struct FrontEnd {
    pub(super) folder: PathBuf,
    pub(super) small: usize,
    pub(super) large: usize,
}

impl FrontEnd {
    /// Writes it as it is before the change.
    pub(super) fn write(&self) -> io::Result<()> {
        (0..self.small).try_for_each(|number| self.write_small(number, 1))?;
        (0..self.large).try_for_each(|number| self.write_large(number, 1))?;
        fs::write(self.folder.join("index.html"), "<title>the entry page</title>")
    }

    /// Changes one file in a hundred, of each size. Whose name holds a hash of its content has another name then.
    pub(super) fn change(&self) -> io::Result<()> {
        for number in (0..self.small).step_by(100) {
            fs::remove_file(self.small_path(number, 1))?;
            self.write_small(number, 2)?;
        }
        for number in (0..self.large).step_by(100) {
            fs::remove_file(self.large_path(number, 1))?;
            self.write_large(number, 2)?;
        }
        Ok(())
    }

    fn small_path(&self, number: usize, version: u8) -> PathBuf {
        let folder = number % PAGES;
        self.folder.join(if number < PAGES {
            format!("pages/{folder:03}/index.html")
        } else {
            format!("assets/{folder:03}/part-{}.js", name_of(number, version))
        })
    }

    fn large_path(&self, number: usize, version: u8) -> PathBuf {
        self.folder.join(format!("assets/film-{}.mp4", name_of(number, version)))
    }

    /// Text, in hexadecimal digits.
    fn write_small(&self, number: usize, version: u8) -> io::Result<()> {
        let bytes = 1 + number * 7919 % SMALL_BYTES;
        let mut text: String = stream(number, version, bytes / 2).iter().map(|byte| format!("{byte:02x}")).collect();
        text.push('\n');
        write(&self.small_path(number, version), text.as_bytes())
    }

    /// What no archive makes smaller.
    fn write_large(&self, number: usize, version: u8) -> io::Result<()> {
        write(&self.large_path(number, version), &stream(self.small + number, version, LARGE_BYTES))
    }
}

fn name_of(number: usize, version: u8) -> String {
    stream(number, version, 4).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, content)
}

/// Bytes without a pattern, the same in every run: [SplitMix64](https://doi.org/10.1145/2714064.2660195).
fn stream(number: usize, version: u8, bytes: usize) -> Vec<u8> {
    let mut state = (number as u64) << 8 | u64::from(version);
    let mut content = Vec::with_capacity(bytes + 8);
    while content.len() < bytes {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        content.extend_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    content.truncate(bytes);
    content
}
