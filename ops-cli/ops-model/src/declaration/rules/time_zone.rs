use jiff::tz::TimeZoneDatabase;

use super::Subject;
use crate::declaration::Fault;
use crate::declaration::document::Node;

/// A `time_zone` is a name of the IANA, as it is written there.
pub(super) fn check(subject: &Subject<'_>, whose: &str, holder: &Node, zones: &TimeZoneDatabase) -> Option<Fault> {
    let node = holder.get("time_zone")?;
    let name = node.text()?;
    let found = zones.get(name).ok();
    let written = found.as_ref().and_then(|zone| zone.iana_name());
    if written == Some(name) {
        return None;
    }
    Some(
        subject
            .fault("declaration::time_zone", format!("{whose} is in a time zone that there is not"))
            .at(&node.span, "no name of the IANA")
            .remedy(match written {
                Some(written) => format!("write `{written}`"),
                None => "write it like `Asia/Seoul`; `UTC` is one too".to_owned(),
            }),
    )
}
