//! A distribution as Terraform makes it for a site. Terraform owns it: what differs is said, not mended.

use std::collections::BTreeSet;

use ops_model::declaration::Site;
use ops_model::plan::{ChangeClass, Difference};
use ops_model::platform::PlatformSite;
use ops_model::site::{ErrorResponse, ObservedDistribution};

/// Status that S3 answers a missing object with, since the distribution may list the bucket.
const MISSING: u32 = 404;

pub(super) fn differences(site: &Site, place: &PlatformSite, live: Option<&ObservedDistribution>) -> Vec<Difference> {
    let Some(live) = live else {
        return vec![setting("distribution", "gone".to_owned(), place.distribution_id.clone())];
    };
    let ObservedDistribution {
        enabled,
        // Settings on their way to the edges are no difference.
        deployed: _,
        default_root_object,
        error_responses,
        origin_domain,
        origin_access_control,
        viewer_protocol,
        other_behaviours,
    } = live;
    let mut differences = Vec::new();
    let mut compare = |name: &str, live: String, declared: String| {
        if live != declared {
            differences.push(setting(name, live, declared));
        }
    };
    compare("enabled", enabled.to_string(), true.to_string());
    compare("default root object", default_root_object.clone(), site.entry.clone());
    compare("error responses", in_words(error_responses), in_words(&[error_response(site)]));
    let of_bucket = origin_domain.split('.').next() == Some(place.bucket.as_str());
    let bucket = format!("the bucket {}", place.bucket);
    compare("origin", if of_bucket { bucket.clone() } else { origin_domain.clone() }, bucket);
    let signed = |signed: bool| if signed { "signed" } else { "not signed" }.to_owned();
    compare("requests to the bucket", signed(!origin_access_control.is_empty()), signed(true));
    compare("viewer protocol", viewer_protocol.clone(), "redirect-to-https".to_owned());
    compare("paths of the backend", other_behaviours.join(", "), site.backend.join(", "));
    differences
}

fn setting(name: &str, live: String, declared: String) -> Difference {
    let shown = |value: String| (!value.is_empty()).then_some(value);
    Difference { path: name.to_owned(), live: shown(live), declared: shown(declared), class: ChangeClass::InPlace }
}

fn error_response(site: &Site) -> ErrorResponse {
    let page = site.error_page.as_ref().map(|page| format!("/{page}"));
    ErrorResponse { code: MISSING, answered_as: page.is_some().then_some(MISSING), page }
}

/// One that changes nothing is none.
fn in_words(responses: &[ErrorResponse]) -> String {
    let words = responses.iter().filter_map(|ErrorResponse { code, page, answered_as }| {
        let page = page.as_deref()?;
        Some(format!("{code}: {page} as {}", answered_as.unwrap_or(*code)))
    });
    words.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}
