//! Finds secrets that were written into a file, so that they are reported and never shown.

use std::ops::Range;

use super::document::{Content, Entry, Node};

/// Parts of a variable's name, between underscores, that say its value is a secret.
const SECRET_WORDS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secrets",
    "token",
    "apikey",
    "credential",
    "credentials",
    "pat",
];
/// The same for two parts in a row.
const SECRET_PAIRS: [(&str, &str); 5] =
    [("api", "key"), ("private", "key"), ("access", "key"), ("secret", "key"), ("signing", "key")];
/// Words after which a name speaks about a secret and does not hold it: `TOKEN_TTL_SECONDS`, `PASSWORD_FILE`.
const HARMLESS_ENDINGS: [&str; 31] = [
    "file",
    "path",
    "seconds",
    "minutes",
    "hours",
    "days",
    "ttl",
    "length",
    "id",
    "name",
    "url",
    "enabled",
    "count",
    "issuer",
    "audience",
    "algorithm",
    "expiry",
    "expiration",
    "size",
    "limit",
    "type",
    "arn",
    "endpoint",
    "host",
    "port",
    "version",
    "prefix",
    "header",
    "policy",
    "required",
    "region",
];
/// Values that are no secret under any name.
const HARMLESS_VALUES: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "none", "disabled"];
/// How a key begins in PEM: <https://www.rfc-editor.org/rfc/rfc7468>
const PEM_BEGIN: &str = "-----BEGIN";
const PEM_END: &str = "-----END";
/// Beginnings of values that only secrets have.
const SECRET_PREFIXES: [&str; 17] = [
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxr-",
    "xoxs-",
    "sk_live_",
    "rk_live_",
    "npm_",
    "AIza",
    "pypi-",
];

/// Whether an environment variable of this name holds a secret.
pub(super) fn name_tells(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['_', '-', '.']).filter(|word| !word.is_empty()).collect();
    if words.last().is_some_and(|last| HARMLESS_ENDINGS.contains(last)) {
        return false;
    }
    words.iter().any(|word| SECRET_WORDS.contains(word))
        || words.windows(2).any(|pair| matches!(pair, [first, second] if SECRET_PAIRS.contains(&(first, second))))
}

/// Whether a value can be a secret, when its name says so.
pub(super) fn may_be_secret(value: &str) -> bool {
    !value.is_empty() && !is_reference(value) && !HARMLESS_VALUES.contains(&value.to_ascii_lowercase().as_str())
}

/// Whether a text is a secret by its looks; what it looks like.
pub(super) fn value_tells(value: &str) -> Option<&'static str> {
    if holds_private_key(value) {
        return Some("a private key");
    }
    without_public_keys(value)
        .split(|character: char| character.is_whitespace() || matches!(character, '"' | '\'' | ',' | '='))
        .find_map(word_tells)
}

/// Whether a variable of this name and with this value holds a secret: by its name or by its looks.
#[must_use]
pub fn holds_secret(name: &str, value: &str) -> bool {
    looks_like_secret(value) || (name_tells(name) && may_be_secret(value))
}

/// Whether a text is a secret by its looks alone.
#[must_use]
pub fn looks_like_secret(value: &str) -> bool {
    value_tells(value).is_some()
}

/// What PEM calls a private key, and whatever else it wraps but public keys: those are made to be given away.
fn holds_private_key(value: &str) -> bool {
    value.match_indices(PEM_BEGIN).any(|(start, _)| {
        let label = value.get(start + PEM_BEGIN.len()..).and_then(|rest| rest.split("-----").next());
        !label.is_some_and(|label| label.ends_with(" PUBLIC KEY"))
    })
}

/// The text without the letters of public keys, which may happen to look like anything.
fn without_public_keys(value: &str) -> String {
    let lines = value.lines().scan(false, |inside, line| {
        *inside = if *inside { !line.contains(PEM_END) } else { line.contains(PEM_BEGIN) };
        let is_body = *inside && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/= ".contains(&byte));
        Some(if is_body { "" } else { line })
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a text is a public key in PEM.
pub(super) fn is_public_key(text: &str) -> bool {
    text.trim_start().starts_with(PEM_BEGIN) && value_tells(text).is_none()
}

fn word_tells(word: &str) -> Option<&'static str> {
    if is_aws_access_key_id(word) {
        return Some("an AWS access key");
    }
    if SECRET_PREFIXES.iter().any(|prefix| word.len() >= prefix.len() + 10 && word.starts_with(prefix)) {
        return Some("an access token");
    }
    if is_json_web_token(word) {
        return Some("a JSON Web Token");
    }
    url_password(word).map(|_| "a URL with a password in it")
}

fn is_aws_access_key_id(word: &str) -> bool {
    let (Some(prefix), Some(rest)) = (word.get(..4), word.get(4..)) else { return false };
    matches!(prefix, "AKIA" | "ASIA")
        && rest.len() >= 12
        && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_json_web_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts.as_slice(), [header, payload, _signature] if header.starts_with("eyJ") && payload.starts_with("eyJ"))
}

fn url_password(word: &str) -> Option<&str> {
    let (_, rest) = word.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user_and_password, _) = authority.rsplit_once('@')?;
    user_and_password.split_once(':').map(|(_, password)| password).filter(|password| !password.is_empty())
}

/// Places of all values in a document that are secrets, by their looks or by where they stand.
pub(super) fn places(document: &Node) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    collect_by_looks(document, &mut Vec::new(), &mut found);
    // What is not the place of a secret may be the secret itself.
    if let Some(secrets) = document.get("secrets") {
        collect_all(secrets, &mut found);
        // Nobody gives names in this list: a key is part of the secret.
        secrets.items().iter().for_each(|item| collect_keys(item, &mut found));
    }
    for workload in ["services", "tasks"].iter().flat_map(|key| entries(document, key)) {
        collect_of_container(&workload.value, &mut found);
        for sidecar in entries(&workload.value, "containers") {
            collect_of_container(&sidecar.value, &mut found);
        }
        if let Some(overrides) = workload.value.get("overrides") {
            collect_named_values(overrides, &mut found);
        }
    }
    found
}

fn entries<'a>(node: &'a Node, key: &str) -> &'a [Entry] {
    node.get(key).map_or(&[], Node::entries)
}

fn collect_of_container(container: &Node, found: &mut Vec<Range<usize>>) {
    for variable in entries(container, "environment") {
        if name_tells(&variable.key) {
            collect_all(&variable.value, found);
        }
    }
    for secret in entries(container, "secrets") {
        match &secret.value.content {
            // Which part of a secret, and which version, may be known.
            Content::Mapping(parts) => {
                let hidden = parts.iter().filter(|part| !matches!(part.key.as_str(), "key" | "version"));
                hidden.for_each(|part| collect_all(&part.value, found));
            }
            _ => collect_all(&secret.value, found),
        }
    }
}

/// AWS writes a variable as `{ name: …, value: … }`.
fn collect_named_values(node: &Node, found: &mut Vec<Range<usize>>) {
    if let (Some(name), Some(value)) = (node.get("name").and_then(Node::text), node.get("value"))
        && name_tells(name)
    {
        collect_all(value, found);
    }
    node.items().iter().for_each(|item| collect_named_values(item, found));
    node.entries().iter().for_each(|entry| collect_named_values(&entry.value, found));
}

/// `path` is the keys that lead to the node.
fn collect_by_looks<'a>(node: &'a Node, path: &mut Vec<&'a str>, found: &mut Vec<Range<usize>>) {
    match &node.content {
        Content::Mapping(entries) => {
            for entry in entries {
                if value_tells(&entry.key).is_some() {
                    found.push(entry.key_span.clone());
                }
                if place_tells(path, entry) {
                    collect_all(&entry.value, found);
                }
                path.push(&entry.key);
                collect_by_looks(&entry.value, path, found);
                path.pop();
            }
        }
        Content::Sequence(items) => items.iter().for_each(|item| collect_by_looks(item, path, found)),
        Content::Text(text) if value_tells(text).is_some() => found.push(node.span.clone()),
        Content::Text(_) | Content::Number { .. } | Content::Null | Content::Boolean(_) => {}
    }
}

/// Whether what stands under this key has to be taken for a secret.
fn place_tells(path: &[&str], entry: &Entry) -> bool {
    match path {
        // Whoever may look at the database sees its parameters: `default_password_lifetime` is none.
        ["database", "parameters"] => false,
        // Names of containers, which may be called after what they are for.
        ["services" | "tasks", _, "depends_on"] | ["services" | "tasks", _, "containers", _, "depends_on"] => false,
        // What is no public key may be the other half.
        ["uploads", _, "public_keys"] => !entry.value.text().is_some_and(is_public_key),
        _ => name_tells(&entry.key) && entry.value.is_scalar(),
    }
}

fn collect_keys(node: &Node, found: &mut Vec<Range<usize>>) {
    node.items().iter().for_each(|item| collect_keys(item, found));
    for entry in node.entries() {
        found.push(entry.key_span.clone());
        collect_keys(&entry.value, found);
    }
}

fn collect_all(node: &Node, found: &mut Vec<Range<usize>>) {
    match &node.content {
        Content::Mapping(entries) => entries.iter().for_each(|entry| collect_all(&entry.value, found)),
        Content::Sequence(items) => items.iter().for_each(|item| collect_all(item, found)),
        Content::Text(text) if !may_be_secret(text) => {}
        Content::Text(_) | Content::Number { .. } => found.push(node.span.clone()),
        Content::Null | Content::Boolean(_) => {}
    }
}

/// Whether a text says where a secret is kept.
pub(super) fn is_reference(text: &str) -> bool {
    text.starts_with("ssm:") || text.starts_with("secretsmanager:")
}

/// The same for a text that is no YAML: by its lines, and rather too much than too little.
pub(super) fn places_in_lines(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut offset = 0;
    let mut in_private_key = false;
    let mut secrets = SecretsBlock::default();
    for line in text.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let in_secrets = secrets.has(line);
        if in_private_key || holds_private_key(line) {
            in_private_key = !line.contains(PEM_END);
            found.push(offset + start..offset + line.len());
        } else if let Some(value) = secret_part(line) {
            found.push(offset + value..offset + line.len());
        } else if in_secrets && !is_harmless_in_secrets(line) {
            found.push(offset + start..offset + line.len());
        }
        offset += line.len();
    }
    found
}

/// The lines below a key `secrets`, as they are indented.
#[derive(Default)]
struct SecretsBlock {
    indentation: Option<usize>,
}

impl SecretsBlock {
    /// Whether the next line is one of them.
    fn has(&mut self, line: &str) -> bool {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            return false;
        }
        let indentation = line.len() - line.trim_start().len();
        // An item may stand as far to the left as the key of its list.
        let inside = self.indentation.is_some_and(|of_key| {
            indentation > of_key || (indentation == of_key && content.starts_with(['-', ']', '}']))
        });
        if !inside {
            let key = content.split(':').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
            self.indentation = (key == "secrets" && content.contains(':')).then_some(indentation);
        }
        inside
    }
}

/// A reference and nothing else, with or without a name before it, or a bracket.
fn is_harmless_in_secrets(line: &str) -> bool {
    let content = line.trim().trim_start_matches("- ").trim_end_matches(',');
    let value = match content.split_once(": ") {
        Some((name, value)) if !name.contains(char::is_whitespace) => value.trim(),
        _ => content,
    };
    let bare = value.trim_matches(['"', '\'']);
    matches!(content, "[" | "]" | "{" | "}") || (is_reference(bare) && !bare.contains(char::is_whitespace))
}

/// Where the secret in a line begins.
fn secret_part(line: &str) -> Option<usize> {
    let separator = line.find([':', '=']);
    let key = separator.and_then(|at| line.get(..at)).unwrap_or_default();
    let key = key.trim().trim_start_matches("- ").trim_matches(['"', '\'', ' ', '#', '{', '[']);
    let value_start = separator.map_or(0, |at| at + 1);
    let value = line.get(value_start..).unwrap_or_default();
    let kept_elsewhere = is_reference(value.trim().trim_matches(['"', '\'']));
    let named = name_tells(key) && !value.trim().is_empty() && !kept_elsewhere;
    if named || value_tells(value).is_some() {
        return Some(value_start);
    }
    value_tells(line).map(|_| 0)
}

#[cfg(test)]
mod tests {
    use super::{is_public_key, places_in_lines, value_tells};

    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nAKIAAAAAAAAAAAAAAAAA\n-----END PUBLIC KEY-----\n";
    const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n";

    fn hidden(text: &str) -> Vec<&str> {
        places_in_lines(text).into_iter().filter_map(|place| text.get(place)).map(str::trim).collect()
    }

    #[test]
    fn public_keys_are_no_secrets() {
        for key in [PUBLIC, &PUBLIC.replace("PUBLIC", "RSA PUBLIC")] {
            assert_eq!(value_tells(key), None, "{key}");
            assert!(is_public_key(key));
            let ordinary = key.replace("AKIA", "MIIB");
            assert_eq!(hidden(&format!("key: |\n{ordinary}")), Vec::<&str>::new());
        }
    }

    #[test]
    fn every_other_key_is_a_secret() {
        for label in
            ["PRIVATE", "RSA PRIVATE", "EC PRIVATE", "OPENSSH PRIVATE", "ENCRYPTED PRIVATE", "NOT PUBLIC KEY BUT"]
        {
            let key = PRIVATE.replace("PRIVATE", label);
            assert_eq!(value_tells(&key), Some("a private key"), "{key}");
            assert!(!is_public_key(&key));
            assert_eq!(hidden(&format!("key: |\n{key}")).len(), 3);
        }
        for cut_short in ["-----BEGIN", "-----BEGIN PUBLIC", "-----BEGIN PRIVATE KEY-----"] {
            assert_eq!(value_tells(cut_short), Some("a private key"), "{cut_short}");
        }
        let both = format!("{PUBLIC}{PRIVATE}");
        assert_eq!(value_tells(&both), Some("a private key"));
        assert!(!is_public_key(&both));
        assert!(!is_public_key("ssh-rsa AAAA"));
    }

    #[test]
    fn what_stands_around_a_public_key_is_looked_at() {
        let token = format!("{PUBLIC}ghp_0123456789abcdef");
        assert_eq!(value_tells(&token), Some("an access token"));
    }

    #[test]
    fn in_broken_text_lines_below_secrets_are_references_or_hidden() {
        let text = "\
secrets:
- ssm:/dev/a # why
  - \"secretsmanager:dev/b\"
  - hunter2
  - name: hunter3

  # a remark
  [ ssm:/dev/c, hunter4
sites:
  console: {}
services:
  api:
    secrets:
      ONE: ssm:/dev/one
      TWO: hunter5
    command: [serve]
";
        assert_eq!(
            hidden(text),
            ["- ssm:/dev/a # why", "- hunter2", "- name: hunter3", "[ ssm:/dev/c, hunter4", "TWO: hunter5"]
        );
    }
}
