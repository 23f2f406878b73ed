//! Buckets of sites, and what the edges make of them.

use std::time::Duration;

use ops_engine::cloud::{CloudErrorKind, Content, Copy, Distributions as _, Overwrite, SiteObjects as _, Upload};
use ops_model::bundle::hexadecimal;
use ops_model::platform::Platform;
use ops_model::site::ObjectHeaders;
use ops_sim::SimulatedAccount;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

const BUCKET: &str = "site-web";
const DISTRIBUTION: &str = "E1";

fn account() -> SimulatedAccount {
    let platform: Platform = serde_json::from_value(json!({
        "version": 3, "environment": "dev", "account": "000000000000", "region": "ap-northeast-2",
        "declaration_sha256": "00", "applied_from": {"sites": {"web": {"error_page": "404.html"}}}, "vpc_id": "vpc-1",
        "security_groups": {}, "cluster": {"name": "dev", "arn": "arn", "namespace_arn": "arn"},
        "repositories": {}, "services": {}, "tasks": {}, "queues": {}, "uploads": {},
        "sites": {"web": {"bucket": BUCKET, "distribution_id": DISTRIBUTION, "domain_name": "d", "url": "https://d"}},
    }))
    .expect("a platform");
    let account = SimulatedAccount::new();
    account.provision(&platform, "dev-ops").expect("a platform serialises");
    account
}

fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

async fn put(account: &SimulatedAccount, key: &str, body: &str, cache_control: &str) {
    let headers = ObjectHeaders { cache_control: cache_control.to_owned(), ..ObjectHeaders::default() };
    let (content, sha256) = (Content::Bytes(body.as_bytes().to_vec()), sha256(body));
    let upload =
        Upload { bucket: BUCKET, key, content, sha256: &sha256, headers: &headers, overwrite: Overwrite::Allowed };
    account.upload(&upload).await.expect("written");
}

fn text(account: &SimulatedAccount, path: &str) -> (u16, String, bool) {
    let served = account.browse(DISTRIBUTION, path);
    (served.status, String::from_utf8(served.body).expect("text"), served.from_cache)
}

#[tokio::test(start_paused = true)]
async fn an_edge_keeps_what_it_may_until_it_is_told_to_forget() {
    let account = account();
    put(&account, "index.html", "page 1", "no-cache").await;
    put(&account, "app.js", "script 1", "max-age=3600").await;
    assert_eq!(text(&account, "/"), (200, "page 1".to_owned(), false));
    assert_eq!(text(&account, "/app.js"), (200, "script 1".to_owned(), false));
    put(&account, "index.html", "page 2", "no-cache").await;
    put(&account, "app.js", "script 2", "max-age=3600").await;
    assert_eq!(text(&account, "/"), (200, "page 2".to_owned(), false));
    assert_eq!(text(&account, "/app.js"), (200, "script 1".to_owned(), true));

    let paths = ["/app.js".to_owned()];
    let invalidation = account.invalidate(DISTRIBUTION, "one", &paths).await.expect("begun");
    assert_eq!(account.invalidate(DISTRIBUTION, "one", &paths).await.expect("the same"), invalidation);
    let other = account.invalidate(DISTRIBUTION, "one", &["/".to_owned()]).await.expect_err("other paths");
    assert!(matches!(other.kind, CloudErrorKind::Refused { .. }));
    assert!(!account.is_invalidated(DISTRIBUTION, &invalidation).await.expect("an answer"));
    assert_eq!(text(&account, "/app.js").1, "script 1", "edges forget at the last moment that they may");
    sleep(Duration::from_secs(6)).await;
    assert!(account.is_invalidated(DISTRIBUTION, &invalidation).await.expect("an answer"));
    assert_eq!(text(&account, "/app.js"), (200, "script 2".to_owned(), false));
}

#[tokio::test(start_paused = true)]
async fn a_missing_path_is_answered_with_the_error_page_and_ops_own_folder_with_nothing() {
    let account = account();
    assert_eq!(text(&account, "/nothing"), (404, String::new(), false));
    put(&account, "404.html", "not here", "no-cache").await;
    put(&account, ".slipway/current.json", "{}", "no-cache").await;
    put(&account, "with space.txt", "text", "no-cache").await;
    assert_eq!(text(&account, "/nothing"), (404, "not here".to_owned(), false));
    assert_eq!(text(&account, "/.slipway/current.json").0, 403);
    assert_eq!(text(&account, "/with%20space.txt").1, "text");
}

#[tokio::test(start_paused = true)]
async fn a_copy_has_the_content_of_one_and_the_headers_that_are_given() {
    let account = account();
    put(&account, "staged", "content", "no-store").await;
    let headers = ObjectHeaders { cache_control: "max-age=1".to_owned(), ..ObjectHeaders::default() };
    let sha256 = sha256("content");
    let copy =
        Copy { from_bucket: BUCKET, from: "staged", bucket: BUCKET, to: "served", sha256: &sha256, headers: &headers };
    account.copy(&copy).await.expect("copied");
    let details = account.details(BUCKET, "served").await.expect("an answer").expect("it is there");
    assert_eq!((details.headers, details.sha256.as_deref()), (headers.clone(), Some(sha256.as_str())));
    let other = account.copy(&Copy { sha256: "5ba", to: "other", ..copy.clone() }).await.expect_err("another content");
    assert!(other.to_string().contains("another one than its SHA-256 says"), "{other}");
    account.delete_all(BUCKET, &["other".to_owned()]).await.expect("deleted");
    account.delete_all(BUCKET, &["staged".to_owned(), "gone".to_owned()]).await.expect("deleted");
    assert!(account.copy(&copy).await.expect_err("the source is gone").is_not_found());
    let listed = account.list(BUCKET).await.expect("a list");
    assert_eq!(listed.iter().map(|object| object.key.as_str()).collect::<Vec<_>>(), ["served"]);
}
