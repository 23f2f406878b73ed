//! Where a scenario's requests go.

use ops_model::declaration::{LOAD_BALANCER_BASE, Scenario};
use ops_model::platform::Platform;

/// The URL that a scenario begins at, without `/` at its end. `None`: Terraform has not made what it names.
#[must_use]
pub fn scenario_url(scenario: &Scenario, platform: &Platform) -> Option<String> {
    let url = match scenario.base.as_str() {
        LOAD_BALANCER_BASE => platform.load_balancer.as_ref().map(|load_balancer| load_balancer.url.as_str()),
        address if address.starts_with("https://") => Some(address),
        site => platform.sites.get(site).map(|site| site.url.as_str()),
    };
    url.map(|url| url.trim_end_matches('/').to_owned())
}
