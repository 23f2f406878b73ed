use super::Subject;
use crate::declaration::document::{Entry, Node};
use crate::declaration::{Fault, file_glob};
use crate::site::OWN_FOLDER;

/// Every path is answered by one, pages can change, and what ops keeps in the bucket stays out of sight.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for site in subject.named("sites") {
        backend(subject, site, faults);
        let pages: Vec<_> = ["entry", "error_page"].iter().filter_map(|key| site.value.entry(key)).collect();
        faults.extend(pages.iter().filter_map(|page| own_folder(subject, site, page)));
        for glob in site.value.get("immutable").map_or(&[][..], Node::items) {
            faults.extend(page_that_never_changes(subject, site, glob));
        }
        for headers in site.value.get("headers").map_or(&[][..], Node::items) {
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

/// The load balancer answers the backend's paths, and nobody in its place.
fn backend(subject: &Subject<'_>, site: &Entry, faults: &mut Vec<Fault>) {
    let Some(backend) = site.value.entry("backend").filter(|backend| !backend.value.items().is_empty()) else { return };
    let fault = |message: String| subject.fault("declaration::site_backend", message);
    let load_balancer = subject.document.get("load_balancer");
    if load_balancer.is_none() {
        faults.push(
            fault(format!("the site `{}` hands paths to a load balancer that is not declared", site.key))
                .at(&backend.key_span, "nobody would answer")
                .remedy("declare `load_balancer:` with its port, or remove these paths"),
        );
    }
    let encrypted = load_balancer.and_then(|it| it.get("protocol")).and_then(Node::text) == Some("https");
    if encrypted && load_balancer.is_some_and(|it| it.get("host").is_none()) {
        faults.push(
            fault(format!("the site `{}` cannot reach the load balancer by the name in its certificate", site.key))
                .at(&backend.key_span, "the load balancer has no name below the domain")
                .remedy("give it one: `host` below `load_balancer`"),
        );
    }
    if let Some(page) = site.value.entry("error_page").filter(|page| page.value.text().is_some()) {
        faults.push(
            fault(format!("the error page of the site `{}` would replace what the load balancer answers", site.key))
                .at(&page.key_span, "shown for every 404, whoever says it")
                .remedy("remove `error_page` or `backend`"),
        );
    }
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
