//! CloudFront over the real SDK, against the emulator.

use ops_model::site::{ErrorResponse, ObservedDistribution};
use ureq::Agent;

use crate::fixture::Fixture;

const CONFIG: &str = "<DistributionConfig><CallerReference>test</CallerReference><Comment>test</Comment>\
    <Enabled>true</Enabled><DefaultRootObject>index.html</DefaultRootObject>\
    <Origins><Quantity>1</Quantity><Items><Origin><Id>bucket</Id>\
    <DomainName>site.s3.ap-northeast-2.amazonaws.com</DomainName><OriginAccessControlId>E123</OriginAccessControlId>\
    <S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins>\
    <DefaultCacheBehavior><TargetOriginId>bucket</TargetOriginId>\
    <ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy>\
    <CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId></DefaultCacheBehavior>\
    <CustomErrorResponses><Quantity>1</Quantity><Items><CustomErrorResponse><ErrorCode>404</ErrorCode>\
    <ResponsePagePath>/index.html</ResponsePagePath><ResponseCode>200</ResponseCode>\
    <ErrorCachingMinTTL>0</ErrorCachingMinTTL></CustomErrorResponse></Items></CustomErrorResponses></DistributionConfig>";

fn create(fixture: &Fixture) -> String {
    let agent: Agent = Agent::config_builder().proxy(None).build().into();
    let endpoint = fixture.account.endpoint().expect("the emulator's");
    let request = agent.post(format!("{endpoint}/2020-05-31/distribution"));
    let scope = "test/20260101/us-east-1/cloudfront/aws4_request";
    let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
    let request = request.header("authorization", authorization).header("content-type", "application/xml");
    let answer = request.send(CONFIG).expect("a distribution").body_mut().read_to_string().expect("text");
    let id = answer.split("<Id>").nth(1).and_then(|rest| rest.split('<').next());
    id.expect("an id").to_owned()
}

#[tokio::test]
async fn a_distribution_is_read_and_forgets_once() {
    let fixture = Fixture::start().await;
    let distributions = &fixture.cloud.distributions;
    assert_eq!(distributions.distribution("E0000000000000").await.expect("an answer"), None);
    let id = create(&fixture);
    let expected = ObservedDistribution {
        enabled: true,
        deployed: true,
        default_root_object: "index.html".to_owned(),
        error_responses: vec![ErrorResponse {
            code: 404,
            page: Some("/index.html".to_owned()),
            answered_as: Some(200),
        }],
        origin_domain: "site.s3.ap-northeast-2.amazonaws.com".to_owned(),
        origin_access_control: "E123".to_owned(),
        viewer_protocol: "redirect-to-https".to_owned(),
        other_behaviours: Vec::new(),
    };
    assert_eq!(distributions.distribution(&id).await.expect("an answer"), Some(expected));

    let paths = ["/".to_owned(), "/index.html".to_owned()];
    let made = distributions.invalidate(&id, "reference", &paths).await.expect("begun");
    assert_eq!(distributions.invalidate(&id, "reference", &paths).await.expect("the same"), made);
    assert!(distributions.is_invalidated(&id, &made).await.expect("an answer"));
    let unknown = distributions.is_invalidated(&id, "I0000000000000").await.expect_err("no such invalidation");
    assert!(unknown.is_not_found(), "{unknown:?}");
}
