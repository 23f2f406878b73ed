use super::Subject;
use crate::declaration::document::{Content, Entry, Node};
use crate::declaration::{Fault, file_glob};
use crate::site::OWN_FOLDER;

/// Unknown paths have one answer, pages can change, globs can be read, and what ops keeps in the bucket stays out of sight.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for site in subject.named("sites") {
        faults.extend(unseen_error_page(subject, site));
        let pages: Vec<_> = ["entry", "error_page"].iter().filter_map(|key| site.value.entry(key)).collect();
        faults.extend(pages.iter().filter_map(|page| own_folder(subject, site, page)));
        for glob in site.value.get("immutable").map_or(&[][..], Node::items) {
            faults.extend(glob_fault(subject, site, glob));
            faults.extend(page_that_never_changes(subject, site, glob));
        }
        for headers in site.value.get("headers").map_or(&[][..], Node::items) {
            faults.extend(headers.get("files").and_then(|glob| glob_fault(subject, site, glob)));
            faults.extend(no_header(subject, site, headers));
            let immutable = headers
                .get("cache_control")
                .and_then(Node::text)
                .is_some_and(|value| value.to_ascii_lowercase().contains("immutable"));
            if immutable && let Some(glob) = headers.get("files") {
                faults.extend(page_that_never_changes(subject, site, glob));
            }
        }
    }
}

fn unseen_error_page(subject: &Subject<'_>, site: &Entry) -> Option<Fault> {
    let single_page = site.value.get("single_page").is_some_and(|node| node.content == Content::Boolean(true));
    let error_page = site.value.entry("error_page").filter(|_| single_page)?;
    let message = format!("the site `{}` has an error page that nobody would ever see", site.key);
    Some(
        subject
            .fault("declaration::site", message)
            .at(&error_page.key_span, "unknown paths are answered with the entry page")
            .remedy("remove `error_page` or `single_page: true`"),
    )
}

fn own_folder(subject: &Subject<'_>, site: &Entry, page: &Entry) -> Option<Fault> {
    let path = page.value.text()?;
    let folder = path.get(..OWN_FOLDER.len())?;
    folder.eq_ignore_ascii_case(OWN_FOLDER).then(|| {
        let message = format!("the site `{}` cannot serve a page from `{OWN_FOLDER}`", site.key);
        subject
            .fault("declaration::site_page", message)
            .at(&page.value.span, "the folder that ops keeps for itself")
            .remedy("put the page elsewhere")
    })
}

fn glob_fault(subject: &Subject<'_>, site: &Entry, glob: &Node) -> Option<Fault> {
    let error = file_glob(glob.text()?).err()?;
    let message = format!("a glob of the site `{}` cannot be read: {}", site.key, error.kind());
    Some(
        subject
            .fault("declaration::site_glob", message)
            .at(&glob.span, "not a glob")
            .remedy("write one such as `assets/**` or `downloads/*.{pdf,zip}`"),
    )
}

/// Browsers would not ask for the page again, and never see another build.
fn page_that_never_changes(subject: &Subject<'_>, site: &Entry, glob: &Node) -> Option<Fault> {
    let matcher = file_glob(glob.text()?).ok()?;
    let entry = site.value.get("entry").and_then(Node::text).unwrap_or("index.html");
    let error_page = site.value.get("error_page").and_then(Node::text);
    let page = std::iter::once(entry).chain(error_page).find(|page| matcher.is_match(page))?;
    let message = format!("the page `{page}` of the site `{}` could never change", site.key);
    Some(
        subject
            .fault("declaration::site_page", message)
            .at(&glob.span, format!("takes in `{page}`"))
            .remedy("name the folder or the names of what never changes"),
    )
}

fn no_header(subject: &Subject<'_>, site: &Entry, headers: &Node) -> Option<Fault> {
    let [only] = headers.entries() else { return None };
    (only.key == "files").then(|| {
        subject
            .fault("declaration::site_headers", format!("`{}` says nothing about its files", site.key))
            .at(&only.key_span, "no header")
            .remedy("add `cache_control`, `content_type`, `content_language` or `content_disposition`, or remove it")
    })
}
