use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::document::{self, Node};
use super::structure::{self, Form};
use super::{
    Builds, Environment, Fault, Faults, FileContent, SourceFile, SourceText, plain_secrets, rules, slow_part, tidy,
};

/// A declaration that is whole and free of faults.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    pub environment: Environment,
    pub builds: Builds,
    /// SHA-256 of the bytes of `environment.yaml`, in lower-case hexadecimal.
    pub sha256: String,
    /// What Terraform consumes, as it stands in the YAML: to be compared with `applied_from` of the platform contract.
    pub slow_part: Value,
}

/// Reads the two files of an environment.
///
/// # Errors
/// Everything that is wrong in either of them, at once.
pub fn read(folder: &str, environment: &SourceFile, builds: &SourceFile) -> Result<Declaration, Faults> {
    let environment_text = Read::new(environment, &structure::ENVIRONMENT);
    let builds_text = Read::new(builds, &structure::BUILDS);

    let mut environment_faults = environment_text.faults.clone();
    if let Some(document) = &environment_text.document {
        let subject = rules::Subject { folder, file: &environment.name, document };
        environment_faults.extend(rules::check(&subject));
        environment_faults.extend(builds_text.document.iter().flat_map(|builds| rules::check_use(&subject, builds)));
    }
    let mut builds_faults = builds_text.faults.clone();
    if let Some(document) = &builds_text.document {
        builds_faults.extend(rules::check_anywhere(&builds.name, document));
        builds_faults.extend(rules::check_builds(&builds.name, document));
        builds_faults.extend(rules::check_holds(&builds.name, document));
    }
    let mut faults = environment_text.tidy(environment_faults);
    faults.extend(builds_text.tidy(builds_faults));

    if faults.is_empty() {
        match (environment_text.decode(), builds_text.decode()) {
            (Ok((environment_value, slow_part)), Ok((builds_value, _))) => {
                return Ok(Declaration {
                    environment: environment_value,
                    builds: builds_value,
                    sha256: hexadecimal_sha256(environment.bytes()),
                    slow_part,
                });
            }
            (environment_result, builds_result) => {
                faults.extend(environment_result.err());
                faults.extend(builds_result.err());
            }
        }
    }
    let sources = [&environment_text, &builds_text].into_iter().filter_map(Read::shown);
    Err(Faults {
        environment: folder.to_owned(),
        faults,
        sources: sources.map(|source| (source.name().to_owned(), source)).collect::<BTreeMap<_, _>>(),
    })
}

/// One file on its way from bytes to a type.
struct Read<'a> {
    file: &'a SourceFile,
    text: Option<&'a str>,
    document: Option<Node>,
    /// Places of secrets in the text.
    secrets: Vec<Range<usize>>,
    faults: Vec<Fault>,
}

impl<'a> Read<'a> {
    fn new(file: &'a SourceFile, form: &Form) -> Self {
        let text = match text(file) {
            Ok(text) => text,
            Err(fault) => {
                return Self { file, text: None, document: None, secrets: Vec::new(), faults: vec![fault] };
            }
        };
        let (document, mut faults) = document::parse(&file.name, text);
        let secrets = match &document {
            Some(document) => plain_secrets::places(document),
            None => plain_secrets::places_in_lines(text),
        };
        match &document {
            Some(document) => faults.extend(form.check(&file.name, document)),
            None if faults.is_empty() => faults.push(empty(&file.name)),
            None => {}
        }
        Self { file, text: Some(text), document, secrets, faults }
    }

    fn tidy(&self, faults: Vec<Fault>) -> Vec<Fault> {
        tidy::tidy(faults, self.text.unwrap_or_default(), &self.secrets)
    }

    fn decode<T: DeserializeOwned>(&self) -> Result<(T, Value), Fault> {
        let value = self.document.as_ref().map(Node::to_value).unwrap_or_default();
        let slow_part = slow_part::of(&value);
        // The schema lets nothing through that the type refuses, or the two have grown apart.
        let typed = serde_json::from_value(value)
            .map_err(|error| {
                Fault::new("declaration::unreadable", &self.file.name, format!("the file cannot be read: {error}"))
            })
            .map_err(|fault| tidy::Blotter::new(self.text.unwrap_or_default(), &self.secrets).blot(fault))?;
        Ok((typed, slow_part))
    }

    fn shown(&self) -> Option<SourceText> {
        self.text.map(|text| SourceText::new(&self.file.name, text, &self.secrets))
    }
}

fn text(file: &SourceFile) -> Result<&str, Fault> {
    let fault = |code, message: String| Fault::new(code, &file.name, message);
    let bytes = match &file.content {
        FileContent::Bytes(bytes) => bytes,
        FileContent::Missing => {
            let remedy = if file.name.ends_with("builds.yaml") {
                "create it with the two lines `version: 1` and `artifacts: {}`"
            } else {
                "create it, or remove the folder; `ops schema environment` prints what may be in it"
            };
            return Err(fault("declaration::missing_file", "the file does not exist".to_owned()).remedy(remedy));
        }
        FileContent::Directory => {
            return Err(fault("declaration::not_a_file", "a folder stands where the file should be".to_owned())
                .remedy("move the folder away and put the file in its place"));
        }
        FileContent::SymbolicLink => {
            return Err(fault("declaration::not_a_file", "a symbolic link leads out of the repository".to_owned())
                .remedy("put the file itself in the place of the link"));
        }
        FileContent::Unreadable(why) => {
            return Err(fault("declaration::unreadable", format!("the file cannot be read: {why}")));
        }
    };
    if bytes.len() > SourceFile::LIMIT_BYTES {
        return Err(fault(
            "declaration::too_large",
            format!("the file has more than {} bytes", SourceFile::LIMIT_BYTES),
        )
        .remedy("no declaration comes near that: is this the right file?"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        fault("declaration::not_utf8", format!("the file is not UTF-8 text: line {line} holds other bytes"))
            .remedy("save the file in the encoding UTF-8")
    })
}

fn empty(file: &str) -> Fault {
    Fault::new("declaration::empty", file, "the file is empty")
        .remedy("`ops schema` prints what belongs into it; the other environments show how it looks")
}

pub(crate) fn hexadecimal_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
