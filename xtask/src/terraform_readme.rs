//! The tables of inputs and outputs in the README of each Terraform module: written from the module's `.tf` files, so that
//! they say what the module says. The text around them is written by hand.

mod interface;
mod table;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use interface::Fault;
use interface::Source;

/// What a person runs when a README no longer says what its module says.
pub const COMMAND: &str = "cargo xtask terraform-readme";

const BEGIN: &str = "<!-- generated: inputs and outputs -->";
const END: &str = "<!-- /generated -->";

#[derive(Debug, thiserror::Error)]
pub enum ReadmeError {
    #[error("can't read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("can't write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} has no README.md: write what it is for, then run `{COMMAND}`", folder.display())]
    Missing { folder: PathBuf },
    #[error("{} is not HCL", path.display())]
    Parse {
        path: PathBuf,
        #[source]
        source: Box<hcl::Error>,
    },
    #[error("{}: {}; mend it, then run `{COMMAND}`", folder.display(), list(faults))]
    Undocumented { folder: PathBuf, faults: Vec<Fault> },
    #[error("{} needs one `{BEGIN}` and after it one `{END}`, or neither", path.display())]
    Markers { path: PathBuf },
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join(", ")
}

/// A README as it is and as its module wants it.
#[derive(Debug)]
pub struct Readme {
    pub path: PathBuf,
    present: String,
    wanted: String,
}

impl Readme {
    /// Reads the README and the `.tf` files of a module's folder.
    ///
    /// # Errors
    /// When a file cannot be read or parsed, the README is missing or has only half of the markers, or the module does not
    /// document itself.
    pub fn read(folder: &Path) -> Result<Self, ReadmeError> {
        let path = folder.join("README.md");
        let present = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ReadmeError::Missing { folder: folder.to_owned() });
            }
            Err(source) => return Err(ReadmeError::Read { path, source }),
        };
        let tables = tables(folder, &sources(folder)?)?;
        let Some(wanted) = with_tables(&present, &tables) else {
            return Err(ReadmeError::Markers { path });
        };
        Ok(Self { path, present, wanted })
    }

    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.present != self.wanted
    }

    /// Writes what the module wants.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self) -> Result<(), ReadmeError> {
        fs::write(&self.path, &self.wanted).map_err(|source| ReadmeError::Write { path: self.path.clone(), source })
    }
}

/// The folders whose READMEs have tables: each module and the bootstrap root under `terraform`, in the order of their
/// names.
///
/// # Errors
/// When the folder of the modules cannot be read.
pub fn folders(terraform: &Path) -> Result<Vec<PathBuf>, ReadmeError> {
    let mut folders = vec![terraform.join("bootstrap")];
    for path in entries(&terraform.join("modules"))? {
        // What is left of a module that another branch has (`.terraform`) is no module.
        if path.is_dir() && entries(&path)?.iter().any(|file| is_configuration(file)) {
            folders.push(path);
        }
    }
    Ok(folders)
}

fn sources(folder: &Path) -> Result<Vec<Source>, ReadmeError> {
    let files = entries(folder)?.into_iter().filter(|path| is_configuration(path));
    files
        .map(|path| match fs::read_to_string(&path) {
            Ok(text) => Ok(Source { path, text }),
            Err(source) => Err(ReadmeError::Read { path, source }),
        })
        .collect()
}

fn is_configuration(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "tf")
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ReadmeError> {
    let failed = |source| ReadmeError::Read { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// The Markdown between the markers: the inputs and the outputs in the order in which the files declare them.
///
/// # Errors
/// When a file is not HCL, a variable or an output has no description, or a variable has no type. `folder` is for the
/// message alone.
fn tables(folder: &Path, sources: &[Source]) -> Result<String, ReadmeError> {
    let interface = interface::read(sources)?;
    let faults = interface.faults();
    if faults.is_empty() {
        Ok(table::markdown(&interface))
    } else {
        Err(ReadmeError::Undocumented { folder: folder.to_owned(), faults })
    }
}

/// The README with these tables between its markers, or at its end when it has no markers yet. None when it has only one
/// of them, several, or the wrong one first.
fn with_tables(readme: &str, tables: &str) -> Option<String> {
    let block = format!("{BEGIN}\n<!-- by `{COMMAND}`, from the .tf files -->\n\n{tables}\n{END}");
    if !readme.contains(BEGIN) && !readme.contains(END) {
        return Some(format!("{}\n\n{block}\n", readme.trim_end()));
    }
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let only = readme.matches(BEGIN).count() == 1 && readme.matches(END).count() == 1;
    only.then(|| format!("{before}{block}{after}"))
}

#[cfg(test)]
mod tests;
