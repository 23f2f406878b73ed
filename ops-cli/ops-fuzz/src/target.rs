//! The parsers, each with the properties that hold for every input.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use ops_model::declaration::{Declaration, Faults, SourceFile, read};
use ops_model::platform::Platform;
use ops_plan::import::ecspresso::NamedText;
use ops_plan::import::{Imported, copilot, ecspresso, import, prove};

const ENVIRONMENT: &str = include_str!("../../../terraform/modules/declaration/tests/few_words.yaml");
const BUILDS: &str = "version: 1\nartifacts: {}\n";

/// Between the configuration, the service definition and the task definition in one input.
const NEXT_FILE: &str = "\n=== next file ===\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    /// environment.yaml
    Declaration,
    /// builds.yaml
    Builds,
    /// platform.json, the contract that Terraform writes
    Platform,
    /// The three files of ecspresso, with `=== next file ===` between them
    Ecspresso,
    /// A manifest of AWS Copilot
    Copilot,
}

impl Target {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::Builds => "builds",
            Self::Platform => "platform",
            Self::Ecspresso => "ecspresso",
            Self::Copilot => "copilot",
        }
    }

    /// Ending of the name of an input's file.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Platform => "json",
            Self::Declaration | Self::Builds | Self::Ecspresso | Self::Copilot => "yaml",
        }
    }

    /// Folders whose files, and those of the folders below, begin the corpus.
    pub(crate) fn seeds(self) -> Vec<PathBuf> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folders: &[&str] = match self {
            Self::Declaration => {
                &["terraform/modules/declaration/tests", "ops-cli/ops/tests/wrong", "infra/environments"]
            }
            Self::Builds => &["infra/environments", "ops-cli/ops-fuzz/seeds/builds"],
            Self::Platform => &["terraform/modules/platform/tests"],
            Self::Ecspresso => &["ops-cli/ops-fuzz/seeds/ecspresso"],
            Self::Copilot => &["ops-cli/ops-fuzz/seeds/copilot"],
        };
        folders.iter().map(|folder| repository.join(folder)).collect()
    }

    /// Parses the input. What comes back tells apart the ways that inputs took, roughly.
    ///
    /// # Panics
    /// When a property does not hold.
    pub(crate) fn parse(self, input: &[u8]) -> String {
        match self {
            Self::Declaration => declaration(input, BUILDS.as_bytes()),
            Self::Builds => declaration(ENVIRONMENT.as_bytes(), input),
            Self::Platform => platform(input),
            Self::Ecspresso => from_ecspresso(input),
            Self::Copilot => from_copilot(input),
        }
    }
}

fn read_declaration(environment: &[u8], builds: &[u8]) -> Result<Declaration, Faults> {
    let file = |name: &str, bytes: &[u8]| SourceFile::new(name, bytes);
    read("dev", &file("environment.yaml", environment), &file("builds.yaml", builds))
}

fn declaration(environment: &[u8], builds: &[u8]) -> String {
    match read_declaration(environment, builds) {
        Ok(_) => "taken".to_owned(),
        Err(faults) => refusal(&faults),
    }
}

/// The sorts of the faults, after holding them against what is promised of them.
fn refusal(faults: &Faults) -> String {
    assert!(!faults.faults.is_empty(), "it is refused without a fault");
    for fault in &faults.faults {
        assert_ne!(fault.code, "declaration::unreadable", "the schema lets through what the type refuses: {fault:?}");
        assert!(!fault.message.is_empty(), "a fault says nothing: {fault:?}");
        let Some(span) = &fault.span else { continue };
        let source = faults.sources.get(&fault.file);
        let text = source.and_then(|source| source.text().get(span.clone()));
        assert!(text.is_some() && faults.position(fault).is_some(), "a fault is not about text of its file: {fault:?}");
    }
    let codes: BTreeSet<_> = faults.faults.iter().map(|fault| fault.code).collect();
    codes.into_iter().collect::<Vec<_>>().join(" ")
}

fn platform(input: &[u8]) -> String {
    let platform: Platform = match serde_json::from_slice(input) {
        Ok(platform) => platform,
        // Without the place, which is another one for every input.
        Err(error) => {
            return error.to_string().split([':', '`']).next().unwrap_or_default().to_owned() + &sort_of(&error);
        }
    };
    let written = serde_json::to_value(&platform).map(serde_json::from_value::<Platform>);
    assert!(
        matches!(&written, Ok(Ok(again)) if *again == platform),
        "a contract is another one after writing and reading: {written:?}"
    );
    "taken".to_owned()
}

fn sort_of(error: &serde_json::Error) -> String {
    format!(" ({:?})", error.classify())
}

fn from_ecspresso(input: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(input) else { return "not UTF-8".to_owned() };
    let mut files = text.splitn(3, NEXT_FILE);
    let mut next = |name| NamedText { name, text: files.next().unwrap_or_default() };
    let (configuration, service, task) =
        (next("ecspresso.yml"), next("ecs-service-def.yaml"), next("ecs-task-def.yaml"));
    let found = ecspresso::configuration(configuration)
        .and_then(|configuration| ecspresso::found("dev", &configuration, service, task));
    match found {
        Ok((found, _)) => imported(&import(&found)),
        Err(error) => words(&error.to_string()),
    }
}

fn from_copilot(input: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(input) else { return "not UTF-8".to_owned() };
    let target = copilot::Target {
        environment: "dev".to_owned(),
        from_environment: Some("test".to_owned()),
        region: "eu-central-1".to_owned(),
        account: Some("123456789012".to_owned()),
    };
    match copilot::import(&target, NamedText { name: "manifest.yml", text }) {
        Ok(found) => imported(&found),
        Err(error) => words(&error.to_string()),
    }
}

/// What was imported can be written, and the text is a declaration or refused as one.
fn imported(imported: &Imported) -> String {
    let Ok(written) = imported.written() else { return "not written".to_owned() };
    match read_declaration(written.environment.as_bytes(), written.builds.as_bytes()) {
        Ok(declaration) => format!("in sync: {}", prove(imported, &declaration).plan.in_sync()),
        Err(faults) => {
            let sorts = refusal(&faults);
            assert!(!sorts.contains("declaration::syntax"), "what is written is no YAML:\n{}", written.environment);
            format!("written, and refused: {sorts}")
        }
    }
}

/// An error without what it quotes and counts, which is another one for every input.
fn words(message: &str) -> String {
    let unquoted = message.split('`').step_by(2).collect::<String>();
    let letters = unquoted.chars().filter(|character| character.is_ascii_alphabetic() || *character == ' ');
    letters.take(60).collect()
}
