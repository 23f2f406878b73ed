//! What is looked at before anything is changed.

use ops_engine::cloud::Role;
use serde_json::json;

use crate::fixture::Fixture;

#[tokio::test]
async fn the_platform_of_an_image_is_read() {
    let fixture = Fixture::with_cluster().await;
    let image = fixture.image(&[]);
    let preflight = &fixture.cloud.preflight;
    let platforms = preflight.image_platforms(&image).await.expect("an answer");
    assert_eq!(platforms, Some(vec!["linux/amd64".to_owned()]));
    let (repository, _) = image.split_once("@").expect("a digest");
    let absent = format!("{repository}@sha256:{:064}", 0);
    assert_eq!(preflight.image_platforms(&absent).await.expect("an answer"), None);
    let elsewhere = image.replace("slipway/app", "slipway/none");
    assert_eq!(preflight.image_platforms(&elsewhere).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_role_and_what_it_may_do_are_read() {
    let fixture = Fixture::start().await;
    let sdk = aws_sdk_iam::Client::new(&fixture.sdk);
    let statement =
        json!([{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    let trust = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let role = sdk.create_role().role_name("task").assume_role_policy_document(trust);
    let arn = role.send().await.expect("a role").role.expect("a role").arn;
    let statement = json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"}]);
    let policy = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    sdk.put_role_policy().role_name("task").policy_name("read").policy_document(policy).send().await.expect("a policy");

    let preflight = &fixture.cloud.preflight;
    let expected = Role { trusted_services: vec!["ecs-tasks.amazonaws.com".to_owned()] };
    assert_eq!(preflight.role(&arn).await.expect("an answer"), Some(expected));
    assert_eq!(preflight.role("arn:aws:iam::000000000000:role/none").await.expect("an answer"), None);
    let request = |action: &str| (action.to_owned(), "arn:aws:s3:::bucket/key".to_owned());
    let requests = [request("s3:GetObject"), request("s3:PutObject")];
    let decisions = preflight.simulate(&arn, &requests).await.expect("decisions");
    assert_eq!(requests.map(|request| decisions[&request]), [true, false]);
}
