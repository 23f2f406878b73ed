//! Names that hold a hash of the content, as bundlers write them.

/// Fewer characters are more often a word or a version than a hash.
const SHORTEST: usize = 8;

/// Whether the name of a file says that its content never changes under it. Of `name-<hash>.<ext>` the hash is what
/// follows the last hyphen: eight or more letters, digits and `_`, with at least one letter and one digit. Of
/// `name.<hash>.<ext>` it is one part between dots: eight or more hexadecimal digits, with at least one letter and one
/// digit. Extensions (`.js.map`) are letters and digits. Dates (`20260131`) and pages (`.html`) are none.
pub(super) fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if is_page(name) {
        return false;
    }
    let mut parts = name.split('.');
    let stem = parts.next().unwrap_or_default();
    let after: Vec<_> = parts.collect();
    let is_extension = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if after.is_empty() || stem.is_empty() {
        return false;
    }
    let dashed = |part: &str| {
        part.rsplit_once('-').is_some_and(|(name, hash)| {
            !name.is_empty() && is_hash(hash, |byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    if dashed(stem) {
        return after.iter().all(is_extension);
    }
    // The last part is the extension.
    let places = after.len() - 1;
    (0..places).any(|place| {
        let hash = is_hash(after[place], |byte| byte.is_ascii_hexdigit()) || dashed(after[place]);
        hash && after[place + 1..].iter().all(is_extension)
    })
}

/// What a person's address bar leads to.
pub(super) fn is_page(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.ends_with(".html") || lower.ends_with(".htm")
}

fn is_hash(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.len() >= SHORTEST
        && text.bytes().all(allowed)
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn hashes_of_bundlers_are_seen() {
        for path in [
            "assets/index-BkZ3f1x9.js",
            "assets/index-BkZ3f_x9.js.map",
            "main.8e0d62a0.css",
            "static/js/787.b1d2e3f4a5.chunk.js",
            "logo-d41d8cd98f00b204e980.svg",
            "vendor.min-0a1b2c3d.js",
        ] {
            assert!(is_hashed(path), "{path}");
        }
    }

    #[test]
    fn words_versions_dates_and_pages_are_not_taken_for_hashes() {
        for path in [
            "index.html",
            "index-BkZ3f1x9.html",
            "assets/index-DiwrgTda.js",
            "photo-20260131.jpg",
            "report.20260131.pdf",
            "release-notes-2026.txt",
            "jquery-3.7.1.min.js",
            "my-component.js",
            "deadbeef.js",
            "0a1b2c3d.js",
            "-0a1b2c3d.js",
            "name-0a1b2c3d",
            "sitemap.xml",
            ".well-known/x",
            "app.facade.css",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
