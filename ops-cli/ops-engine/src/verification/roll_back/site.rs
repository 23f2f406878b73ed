//! A site goes back by a flip to the build that it served before, which its bucket still holds.

use ops_plan::NoWayBack;

use super::{RollBack, WayBack};
use crate::error_chain::error_chain;
use crate::observe::{inputs, sites};
use crate::pace::persistently;

impl RollBack<'_> {
    pub(super) async fn site_way_back(&self, name: &str) -> WayBack {
        let Self { execution, declaration, platform, .. } = self;
        let none = |why: NoWayBack| WayBack::None(why.to_string());
        let before = match inputs(declaration, platform, execution.observation).site_before(name) {
            Ok(before) => before,
            Err(why) => return none(why),
        };
        let look = async || sites::on_the_way_back(execution.cloud, declaration, platform, name, before).await;
        let now = match persistently(&execution.cancelled, look).await {
            Ok(now) => now,
            Err(error) => return WayBack::Unknown(error_chain(&error)),
        };
        match inputs(declaration, platform, &now).site_way_back(name, before) {
            Ok(Some(change)) => WayBack::By(Box::new(change)),
            Ok(None) => WayBack::NotAsked,
            Err(why) => none(why),
        }
    }
}
