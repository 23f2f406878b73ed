//! Finds secrets that were written into a file, so that they are reported and never shown.

use std::ops::Range;

use super::document::{Content, Node};

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
/// Beginnings of values that only secrets have.
const SECRET_PREFIXES: [&str; 18] = [
    "-----BEGIN",
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
    value
        .split(|character: char| character.is_whitespace() || matches!(character, '"' | '\'' | ',' | '='))
        .find_map(word_tells)
}

fn word_tells(word: &str) -> Option<&'static str> {
    if word.starts_with("-----BEGIN") {
        return Some("a private key");
    }
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
    collect_by_looks(document, &mut found);
    for service in document.get("services").map_or(&[][..], Node::entries) {
        for variable in service.value.get("environment").map_or(&[][..], Node::entries) {
            if name_tells(&variable.key) {
                collect_all(&variable.value, &mut found);
            }
        }
        // What is not the place of a secret may be the secret itself.
        for secret in service.value.get("secrets").map_or(&[][..], Node::entries) {
            collect_all(&secret.value, &mut found);
        }
    }
    found
}

fn collect_by_looks(node: &Node, found: &mut Vec<Range<usize>>) {
    match &node.content {
        Content::Mapping(entries) => {
            for entry in entries {
                if value_tells(&entry.key).is_some() {
                    found.push(entry.key_span.clone());
                }
                if name_tells(&entry.key) && entry.value.is_scalar() {
                    collect_all(&entry.value, found);
                }
                collect_by_looks(&entry.value, found);
            }
        }
        Content::Sequence(items) => items.iter().for_each(|item| collect_by_looks(item, found)),
        Content::Text(text) if value_tells(text).is_some() => found.push(node.span.clone()),
        Content::Text(_) | Content::Number { .. } | Content::Null | Content::Boolean(_) => {}
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
    for line in text.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let begins_key = line.contains("-----BEGIN");
        if in_private_key || begins_key {
            in_private_key = !line.contains("-----END");
            found.push(offset + start..offset + line.len());
        } else if let Some(value) = secret_part(line) {
            found.push(offset + value..offset + line.len());
        }
        offset += line.len();
    }
    found
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
