//! Headers of a site's files: what is declared, and else what fits their names.

use std::collections::BTreeMap;

use globset::GlobMatcher;
use ops_model::bundle::BundleFile;
use ops_model::declaration::{FileHeaders, Site, file_glob};
use ops_model::precompressed::{ContentCoding, unpacked};
use ops_model::site::ObjectHeaders;

use super::hashed_name::is_hashed;

/// For a year, and without asking again.
const NEVER_CHANGES: &str = "public, max-age=31536000, immutable";

/// Asked for again each time, and not sent again when it is the same.
const ASK_AGAIN: &str = "no-cache";

/// Headers as one site declares them.
pub(super) struct HeaderRules<'a> {
    site: &'a Site,
    immutable: Vec<GlobMatcher>,
    declared: Vec<(GlobMatcher, &'a FileHeaders)>,
}

impl<'a> HeaderRules<'a> {
    /// Globs that cannot be read are refused by `ops check`.
    pub(super) fn of(site: &'a Site) -> Self {
        let declared = site.headers.iter().filter_map(|headers| Some((file_glob(&headers.files).ok()?, headers)));
        let immutable = site.immutable.iter().filter_map(|glob| file_glob(glob).ok());
        Self { site, immutable: immutable.collect(), declared: declared.collect() }
    }

    pub(super) fn headers(&self, path: &str, files: &BTreeMap<String, BundleFile>) -> ObjectHeaders {
        // Browsers may get a variant under the name of its file.
        let (path, coding) = as_served(path, files);
        let fits = |glob: &GlobMatcher| glob.is_match(path);
        let FileHeaders { files: _, cache_control, content_type, content_language, content_disposition } =
            self.declared.iter().find(|(glob, _)| fits(glob)).map(|(_, headers)| (*headers).clone()).unwrap_or(NONE);
        let immutable = !self.is_page(path) && (is_hashed(path) || self.immutable.iter().any(fits));
        let usual = if immutable { NEVER_CHANGES } else { ASK_AGAIN };
        ObjectHeaders {
            content_type: content_type.unwrap_or_else(|| usual_type(path)),
            cache_control: cache_control.unwrap_or_else(|| usual.to_owned()),
            content_encoding: coding.map(|coding| coding.name().to_owned()),
            content_language,
            content_disposition,
        }
    }

    /// Whether browsers are told never to ask for the file again.
    pub(super) fn never_changes(&self, path: &str, headers: &ObjectHeaders) -> bool {
        let path = unpacked(path).map_or(path, |(path, _)| path);
        let mut directives = headers.cache_control.split(',').map(str::trim);
        directives.any(|directive| directive.eq_ignore_ascii_case("immutable")) && !self.is_page(path)
    }

    fn is_page(&self, path: &str) -> bool {
        path == self.site.entry || self.site.error_page.as_deref() == Some(path)
    }
}

const NONE: FileHeaders = FileHeaders {
    files: String::new(),
    cache_control: None,
    content_type: None,
    content_language: None,
    content_disposition: None,
};

/// Of a variant beside the file that is in it, that file's path.
fn as_served<'a>(path: &'a str, files: &BTreeMap<String, BundleFile>) -> (&'a str, Option<ContentCoding>) {
    match unpacked(path) {
        Some((base, coding)) if files.contains_key(base) => (base, Some(coding)),
        _ => (path, None),
    }
}

/// By the ending of the name; text is UTF-8.
fn usual_type(path: &str) -> String {
    let guessed = mime_guess::from_path(path).first_or_octet_stream();
    let essence = guessed.essence_str();
    let is_text = essence.starts_with("text/")
        || ["application/javascript", "application/xml", "application/xhtml+xml", "image/svg+xml"].contains(&essence);
    if is_text { format!("{essence}; charset=utf-8") } else { essence.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(site: &Site, paths: &[&str]) -> Vec<String> {
        let file = BundleFile { sha256: String::new(), size: 0 };
        let files: BTreeMap<_, _> = paths.iter().map(|path| ((*path).to_owned(), file.clone())).collect();
        let rules = HeaderRules::of(site);
        let line = |path: &&str| {
            let it = rules.headers(path, &files);
            let class = if rules.never_changes(path, &it) { "for ever" } else { "changes" };
            let others = [it.content_encoding, it.content_language, it.content_disposition];
            let others: Vec<_> = others.into_iter().flatten().collect();
            format!("{path}: {} | {} | {} | {class}", it.content_type, it.cache_control, others.join(" "))
        };
        paths.iter().map(line).collect()
    }

    #[test]
    fn headers_fit_the_names() {
        let paths = [
            "index.html",
            "app-0a1b2c3d.js",
            "app-0a1b2c3d.js.br",
            "app-0a1b2c3d.js.gz",
            "data.json",
            "icon.svg",
            "photo.avif",
            "font.woff2",
            "program.wasm",
            "site.webmanifest",
            "robots.txt",
            "archive.tar.gz",
            "no-ending",
        ];
        insta::assert_snapshot!(headers(&Site::default(), &paths).join("\n"), @r"
        index.html: text/html; charset=utf-8 | no-cache |  | changes
        app-0a1b2c3d.js: text/javascript; charset=utf-8 | public, max-age=31536000, immutable |  | for ever
        app-0a1b2c3d.js.br: text/javascript; charset=utf-8 | public, max-age=31536000, immutable | br | for ever
        app-0a1b2c3d.js.gz: text/javascript; charset=utf-8 | public, max-age=31536000, immutable | gzip | for ever
        data.json: application/json | no-cache |  | changes
        icon.svg: image/svg+xml; charset=utf-8 | no-cache |  | changes
        photo.avif: image/avif | no-cache |  | changes
        font.woff2: font/woff2 | no-cache |  | changes
        program.wasm: application/wasm | no-cache |  | changes
        site.webmanifest: application/manifest+json | no-cache |  | changes
        robots.txt: text/plain; charset=utf-8 | no-cache |  | changes
        archive.tar.gz: application/gzip | no-cache |  | changes
        no-ending: application/octet-stream | no-cache |  | changes
        ");
    }

    #[test]
    fn what_is_declared_comes_first_and_the_first_fit_counts() {
        let of = |files: &str, cache_control: Option<&str>| FileHeaders {
            files: files.to_owned(),
            cache_control: cache_control.map(str::to_owned),
            ..NONE
        };
        let site = Site {
            immutable: vec!["assets/**".to_owned()],
            headers: vec![
                of("reports/*", Some("no-cache")),
                of("reports/**", Some("max-age=60")),
                FileHeaders { content_disposition: Some("attachment".to_owned()), ..of("*.pdf", None) },
                FileHeaders { content_language: Some("ko".to_owned()), ..of("ko/**", Some("Immutable, max-age=9")) },
            ],
            ..Site::default()
        };
        let paths = [
            "assets/a.js",
            "reports/q-0a1b2c3d.csv",
            "reports/old/q-0a1b2c3d.csv",
            "terms.pdf",
            "ko/index.html",
            "x/y.pdf",
        ];
        insta::assert_snapshot!(headers(&site, &paths).join("\n"), @r"
        assets/a.js: text/javascript; charset=utf-8 | public, max-age=31536000, immutable |  | for ever
        reports/q-0a1b2c3d.csv: text/csv; charset=utf-8 | no-cache |  | changes
        reports/old/q-0a1b2c3d.csv: text/csv; charset=utf-8 | max-age=60 |  | changes
        terms.pdf: application/pdf | no-cache | attachment | changes
        ko/index.html: text/html; charset=utf-8 | Immutable, max-age=9 | ko | for ever
        x/y.pdf: application/pdf | no-cache |  | changes
        ");
    }
}
