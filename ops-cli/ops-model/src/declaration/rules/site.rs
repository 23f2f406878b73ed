use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Content;

/// Unknown paths have one answer.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for site in subject.named("sites") {
        let single_page = site.value.get("single_page").is_some_and(|node| node.content == Content::Boolean(true));
        let Some(error_page) = site.value.entry("error_page").filter(|_| single_page) else { continue };
        faults.push(
            subject
                .fault(
                    "declaration::site",
                    format!("the site `{}` has an error page that nobody would ever see", site.key),
                )
                .at(&error_page.key_span, "unknown paths are answered with the entry page")
                .remedy("remove `error_page` or `single_page: true`"),
        );
    }
}
