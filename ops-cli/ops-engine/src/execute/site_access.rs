//! Closing a site's bucket to everybody but its distribution.

use ops_model::outcome::{ChangeOutcome, Outcome};
use ops_model::plan::{Change, Kind, SiteAccessAct};

use super::{Execution, verdict};
use crate::cloud::CloudError;
use crate::pace::persistently;

pub(super) async fn carry_out(
    execution: &Execution<'_>,
    change: &Change,
    act: &SiteAccessAct,
) -> Result<ChangeOutcome, CloudError> {
    let SiteAccessAct::Close { bucket } = act;
    let close = async || execution.cloud.site_objects.block_public_access(bucket).await;
    persistently(&execution.cancelled, close).await?;
    Ok(verdict(Kind::SiteAccess, &change.name, Outcome::Succeeded, None))
}
