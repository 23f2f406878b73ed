//! Buckets of sites over the real SDK, against the emulator.

use aws_sdk_s3::types::CreateBucketConfiguration;
use ops_engine::cloud::{Content, Copy, Overwrite, Upload};
use ops_model::bundle::hexadecimal;
use ops_model::site::{ObjectHeaders, PublicAccess};
use sha2::{Digest as _, Sha256};

use crate::fixture::{Fixture, REGION};

const BUCKET: &str = "slipway-test-site";

async fn with_bucket() -> Fixture {
    let fixture = Fixture::start().await;
    let settings = aws_sdk_s3::config::Builder::from(&fixture.sdk).force_path_style(true).build();
    let place = CreateBucketConfiguration::builder().location_constraint(REGION.into()).build();
    let request = aws_sdk_s3::Client::from_conf(settings).create_bucket().bucket(BUCKET);
    request.create_bucket_configuration(place).send().await.expect("a bucket");
    fixture
}

fn headers() -> ObjectHeaders {
    ObjectHeaders {
        content_type: "text/html; charset=utf-8".to_owned(),
        cache_control: "no-cache".to_owned(),
        content_encoding: Some("br".to_owned()),
        content_language: Some("ko".to_owned()),
        content_disposition: Some("inline".to_owned()),
    }
}

fn upload<'a>(
    key: &'a str,
    content: Content,
    sha256: &'a str,
    headers: &'a ObjectHeaders,
    overwrite: Overwrite,
) -> Upload<'a> {
    Upload { bucket: BUCKET, key, content, sha256, headers, overwrite }
}

#[tokio::test]
async fn an_object_has_the_headers_that_it_was_written_with_and_a_copy_those_of_the_copy() {
    let fixture = with_bucket().await;
    let objects = &fixture.cloud.site_objects;
    let (key, headers) = ("with space/ü+a&b.html", headers());
    let sha256 = hexadecimal(&Sha256::digest("page"));
    let written = upload(key, Content::Bytes(b"page".to_vec()), &sha256, &headers, Overwrite::Never);
    let tag = objects.upload(&written).await.expect("written");
    let details = objects.details(BUCKET, key).await.expect("an answer").expect("it is there");
    assert_eq!((details.headers, details.sha256.as_deref()), (headers.clone(), Some(sha256.as_str())));
    let again = objects.upload(&written).await.expect_err("it is there");
    assert!(again.is_condition_failed(), "{again:?}");

    let other = ObjectHeaders { cache_control: "max-age=60".to_owned(), content_encoding: None, ..headers };
    for to in ["copy.html", key] {
        let copy = Copy { from_bucket: BUCKET, from: key, bucket: BUCKET, to, sha256: &sha256, headers: &other };
        assert_eq!(objects.copy(&copy).await.expect("copied"), tag, "the same content");
        let details = objects.details(BUCKET, to).await.expect("an answer").expect("it is there");
        assert_eq!(details.headers, other, "{to}");
    }
    let other = Copy { from_bucket: BUCKET, from: key, bucket: BUCKET, to: "other", sha256: "5ba", headers: &other };
    let other = objects.copy(&other).await.expect_err("another content");
    assert!(other.to_string().contains("another one than its SHA-256 says"), "{other}");
    objects.delete_all(BUCKET, &["other".to_owned()]).await.expect("deleted");
    let listed = objects.list(BUCKET).await.expect("a list");
    let listed: Vec<_> = listed.iter().map(|it| (it.key.as_str(), it.size, it.entity_tag.as_str())).collect();
    assert_eq!(listed, [("copy.html", 4, tag.as_str()), (key, 4, tag.as_str())]);

    objects.delete_all(BUCKET, &[key.to_owned(), "gone".to_owned()]).await.expect("deleted");
    assert_eq!(objects.details(BUCKET, key).await.expect("an answer"), None);
    assert_eq!(objects.list(BUCKET).await.expect("a list").len(), 1);
}

#[tokio::test]
async fn a_large_file_goes_in_parts_and_comes_back_whole() {
    let fixture = with_bucket().await;
    let objects = &fixture.cloud.site_objects;
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    let content: Vec<u8> = (0..20_000_003_u32).map(|byte| (byte % 251) as u8).collect();
    std::fs::write(&from, &content).expect("a file");
    let headers = headers();
    let content_of = Content::File { path: from, size: content.len() as u64 };
    let sha256 = hexadecimal(&Sha256::digest(&content));
    let wrong = upload("large", content_of.clone(), "5ba", &headers, Overwrite::Allowed);
    let wrong = objects.upload(&wrong).await.expect_err("another content");
    assert!(wrong.to_string().contains("was changed while it was being read"), "{wrong}");
    assert_eq!(objects.details(BUCKET, "large").await.expect("an answer"), None);
    objects.upload(&upload("large", content_of, &sha256, &headers, Overwrite::Allowed)).await.expect("written");
    let details = objects.details(BUCKET, "large").await.expect("an answer").expect("it is there");
    assert_eq!((details.headers, details.sha256.as_deref()), (headers, Some(sha256.as_str())));
    assert!(objects.download(BUCKET, "large", &to).await.expect("an answer"));
    assert!(std::fs::read(&to).expect("a file") == content);
    assert!(!objects.download(BUCKET, "nothing", &folder.path().join("nothing")).await.expect("an answer"));
}

#[tokio::test]
async fn a_bucket_is_closed_to_the_public() {
    let fixture = with_bucket().await;
    let objects = &fixture.cloud.site_objects;
    objects.block_public_access(BUCKET).await.expect("closed");
    let closed = PublicAccess {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
        public_policy: false,
    };
    assert_eq!(objects.public_access(BUCKET).await.expect("an answer"), closed);
}
