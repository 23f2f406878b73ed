//! Paths that a distribution has to forget.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Beyond so many paths everything is forgotten: CloudFront takes 3,000 paths at once, and each beyond the month's first
/// thousand costs.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html>
const MOST_PATHS: usize = 1000;

const EVERYTHING: &str = "/*";

/// Characters that CloudFront wants encoded: those that RFC 1738 calls unsafe, and what begins a query.
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'~');

/// Of those browsers send one as it is: an edge keeps a file under the name that it was asked for by.
///
/// <https://url.spec.whatwg.org/#path-percent-encode-set>
const BY_BROWSERS: &AsciiSet = &UNSAFE.remove(b'~');

/// Paths of files under every name that browsers may have asked for them by, the entry page under `/` too.
pub(super) fn paths<'a>(files: impl IntoIterator<Item = &'a str>, entry: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for file in files {
        paths.insert(format!("/{}", utf8_percent_encode(file, UNSAFE)));
        paths.insert(format!("/{}", utf8_percent_encode(file, BY_BROWSERS)));
        if file == entry {
            paths.insert("/".to_owned());
        }
    }
    paths
}

/// At most as many as are worth naming.
pub(super) fn limited(paths: BTreeSet<String>) -> Vec<String> {
    if paths.len() > MOST_PATHS || paths.contains(EVERYTHING) {
        vec![EVERYTHING.to_owned()]
    } else {
        paths.into_iter().collect()
    }
}

/// Whether whoever forgets these paths forgets those too.
pub(super) fn covers(earlier: &[String], paths: &BTreeSet<String>) -> bool {
    earlier.iter().any(|path| path == EVERYTHING) || paths.iter().all(|path| earlier.contains(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_named_as_cloudfront_and_as_browsers_write_it() {
        let of = |file: &str| paths([file], "index.html").into_iter().collect::<Vec<_>>();
        assert_eq!(of("index.html"), ["/", "/index.html"]);
        assert_eq!(of("a b/c+d.txt"), ["/a%20b/c+d.txt"]);
        assert_eq!(of("~me[1].txt"), ["/%7Eme%5B1%5D.txt", "/~me%5B1%5D.txt"]);
        assert_eq!(of("한.txt"), ["/%ED%95%9C.txt"]);
        assert_eq!(of("100%?.txt"), ["/100%25%3F.txt"]);
        assert_eq!(of("docs/index.html"), ["/docs/index.html"]);
    }

    #[test]
    fn many_paths_are_all_paths() {
        let files: Vec<_> = (0..=MOST_PATHS).map(|number| format!("file-{number}")).collect();
        let all = paths(files.iter().map(String::as_str), "index.html");
        assert_eq!(limited(all.clone()), ["/*"]);
        assert!(covers(&["/*".to_owned()], &all));
        assert!(!covers(&["/file-0".to_owned()], &all));
        assert_eq!(limited(paths(["a"], "index.html")), ["/a"]);
    }
}
