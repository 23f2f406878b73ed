//! A platform contract of another version: an older one asks for Terraform, a newer one for ops.

use ops_engine::observe::{ObserveError, read_platform};
use ops_model::platform::{PLATFORM_KEY, PLATFORM_VERSION};
use serde_json::json;

use crate::fixture::{BUCKET, Fixture, platform};

async fn read(version: Option<u32>) -> Result<(), ObserveError> {
    let fixture = Fixture::new();
    let mut contract = serde_json::to_value(platform(&fixture.declaration)).expect("a platform serialises");
    match version {
        Some(version) => contract["version"] = json!(version),
        // An older format lacks parts of this one too.
        None => contract = json!({"version": 1, "environment": "dev"}),
    }
    fixture.account.put_object(BUCKET, PLATFORM_KEY, contract.to_string().into_bytes());
    read_platform(&fixture.cloud(), &fixture.declaration.environment).await.map(|_| ())
}

#[tokio::test(start_paused = true)]
async fn a_contract_of_this_version_is_read() {
    assert!(read(Some(PLATFORM_VERSION)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn another_version_is_named_before_anything_else_is_read() {
    for (version, found) in [(None, 1), (Some(PLATFORM_VERSION + 1), PLATFORM_VERSION + 1)] {
        let error = read(version).await.expect_err("another version");
        assert!(matches!(error, ObserveError::PlatformVersion { found: said } if said == found), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!("the platform contract has version {found}; this ops understands version {PLATFORM_VERSION}")
        );
    }
}
