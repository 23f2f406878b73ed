//! Who may reach whom, as AWS lets them now.

use ops_model::declaration::Declaration;
use ops_plan::firewall::FirewallView;

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::observe::{ObserveError, firewall, surroundings, today, unreadable};

/// Reads the rules of the environment's security groups, and nothing else.
pub async fn view(cloud: &Cloud, clock: &dyn Clock, declaration: &Declaration) -> Result<FirewallView, ObserveError> {
    let environment = &declaration.environment;
    let platform = surroundings(cloud, environment).await?.platform;
    let rules = firewall::read(cloud, &platform).await.map_err(|source| unreadable(environment, source))?;
    Ok(FirewallView::live(environment, &platform.security_groups, rules, today(clock)))
}
