use std::collections::BTreeSet;

use ops_engine::cloud::CloudErrorKind;
use serde_json::json;

use super::*;
use crate::last_endpoint::LastEndpoint;
use crate::wire::{Wire, refusal};

const IMAGE: &str = "000000000000.dkr.ecr.ap-northeast-2.amazonaws.com/team/api@sha256:00";

fn manifest(manifest: &serde_json::Value) -> Wire {
    Wire::succeeding(&json!({"images": [{"imageManifest": manifest.to_string()}], "failures": []}))
}

#[tokio::test]
async fn an_index_names_its_platforms_and_attestations_are_none() {
    let platform = |os: &str, architecture: &str| json!({"platform": {"os": os, "architecture": architecture}});
    let wire = manifest(&json!({"manifests": [
        platform("linux", "arm64"), platform("linux", "amd64"), platform("unknown", "unknown"), {},
    ]}));
    let platforms = wire.cloud().preflight.image_platforms(IMAGE).await.expect("an answer");
    assert_eq!(platforms, Some(vec!["linux/amd64".to_owned(), "linux/arm64".to_owned()]));
    let sent = &wire.sent()[0].body;
    assert_eq!((&sent["registryId"], &sent["repositoryName"]), (&json!("000000000000"), &json!("team/api")));
    assert_eq!(sent["imageIds"], json!([{"imageDigest": "sha256:00"}]));
}

#[tokio::test]
async fn the_platform_of_a_single_image_is_in_its_configuration() {
    for (status, expected) in [(200, Ok(Some(vec!["linux/arm64".to_owned()]))), (403, Err(()))] {
        let wire = Wire::answering(move |sent| match sent.operation.as_str() {
            "BatchGetImage" => {
                let manifest = json!({"config": {"digest": "sha256:11"}, "layers": []}).to_string();
                (200, json!({"images": [{"imageManifest": manifest}]}).to_string())
            }
            "GetDownloadUrlForLayer" => {
                assert_eq!(sent.body["layerDigest"], "sha256:11");
                (200, json!({"downloadUrl": "https://layers.example/config?X-Amz-Signature=SECRET"}).to_string())
            }
            link => {
                assert_eq!(link, "GET /config?X-Amz-Signature=SECRET");
                (status, json!({"os": "linux", "architecture": "arm64"}).to_string())
            }
        });
        let images = EcrImages {
            sdk: aws_sdk_ecr::Client::new(&wire.config()),
            errors: Errors::new("ecr", LastEndpoint::default()),
            region: "ap-northeast-2".to_owned(),
            downloads: Some(SharedHttpConnector::new(wire.clone())),
        };
        let platforms =
            images.platforms(IMAGE).await.map_err(|error| assert!(!format!("{error:?}").contains("SECRET")));
        assert_eq!(platforms, expected);
    }
}

#[tokio::test]
async fn an_image_that_is_not_there_is_none() {
    let failure = json!({"images": [], "failures": [{"failureCode": "ImageNotFound", "failureReason": "none"}]});
    assert_eq!(Wire::succeeding(&failure).cloud().preflight.image_platforms(IMAGE).await.expect("an answer"), None);
    let repository = Wire::answering(|_| refusal("RepositoryNotFoundException", "No such repository."));
    assert_eq!(repository.cloud().preflight.image_platforms(IMAGE).await.expect("an answer"), None);
    let other =
        json!({"images": [], "failures": [{"failureCode": "InvalidImageDigest", "failureReason": "bad digest"}]});
    let error = Wire::succeeding(&other).cloud().preflight.image_platforms(IMAGE).await.expect_err("not an answer");
    assert_eq!(error.message, "bad digest");
}

#[tokio::test]
async fn an_image_elsewhere_cannot_be_checked() {
    let wire = Wire::succeeding(&json!({}));
    for (image, why) in [
        ("nginx:1".to_owned(), "it is not in ECR"),
        (IMAGE.replace("ap-northeast-2", "us-east-1"), "it is in another region"),
    ] {
        let error = wire.cloud().preflight.image_platforms(&image).await.expect_err("unchecked");
        assert_eq!(error.kind, CloudErrorKind::Refused { code: None });
        assert!(error.message.ends_with(why), "{error}");
    }
    assert_eq!(wire.sent(), []);
}

fn iam(operation: &str, answer: &str) -> (u16, String) {
    (200, format!("<{operation}Response><{operation}Result>{answer}</{operation}Result></{operation}Response>"))
}

fn role(arn: &str, policy: &serde_json::Value) -> Wire {
    let policy = policy.to_string().replace('%', "%25").replace('{', "%7B").replace('"', "%22");
    let role = format!(
        "<Role><Path>/</Path><RoleName>task</RoleName><RoleId>A</RoleId><Arn>{arn}</Arn><CreateDate>2023-11-14T22:13:20Z</CreateDate><AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument></Role>"
    );
    Wire::answering(move |_| iam("GetRole", &role))
}

#[tokio::test]
async fn a_role_tells_which_services_may_take_it() {
    let arn = "arn:aws:iam::000000000000:role/slipway/task";
    let policy = json!({"Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}},
        {"Effect": "Allow", "Action": ["sts:TagSession", "sts:AssumeRole"], "Principal": {"Service": ["ecs.amazonaws.com"]}},
        {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": {"Service": "denied.amazonaws.com"}},
        {"Effect": "Allow", "Action": "sts:TagSession", "Principal": {"Service": "other.amazonaws.com"}},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"},
    ]});
    let wire = role(arn, &policy);
    let preflight = wire.cloud().preflight;
    let services = ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"].map(str::to_owned).to_vec();
    assert_eq!(preflight.role(arn).await.expect("an answer"), Some(Role { trusted_services: services }));
    assert!(wire.sent()[0].body.as_str().is_some_and(|body| body.contains("RoleName=task")), "{:?}", wire.sent());
    let of_other_path = preflight.role("arn:aws:iam::000000000000:role/task").await.expect("an answer");
    assert_eq!(of_other_path, None);

    let missing = Wire::answering(|_| {
        (
            404,
            "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>said</Message></Error></ErrorResponse>".to_owned(),
        )
    });
    assert_eq!(missing.cloud().preflight.role(arn).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_simulation_asks_once_for_each_resource() {
    let wire = Wire::answering(|sent| {
        let body = sent.body.as_str().expect("a query");
        let result = |action: &str, decision: &str| {
            format!("<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision></member>")
        };
        let results = if body.contains("ResourceArns.member.1=bucket") {
            result("s3:GetObject", "implicitDeny") + &result("s3:PutObject", "explicitDeny")
        } else {
            result("ecs:RunTask", "allowed")
        };
        iam("SimulatePrincipalPolicy", &format!("<EvaluationResults>{results}</EvaluationResults>"))
    });
    let request = |action: &str, resource: &str| (action.to_owned(), resource.to_owned());
    let requests =
        [request("s3:GetObject", "bucket"), request("s3:PutObject", "bucket"), request("ecs:RunTask", "task")];
    let decisions = wire.cloud().preflight.simulate("role", &requests).await.expect("decisions");
    let [get, put, run] = requests;
    assert_eq!(decisions, BTreeMap::from([(get, false), (put, false), (run, true)]));
    assert_eq!(wire.sent().len(), 2);
    let unanswered = wire.cloud().preflight.simulate("role", &[request("ecs:StopTask", "task")]).await;
    assert_eq!(unanswered.expect_err("no decision").message, "no decision on ecs:StopTask");
}

#[tokio::test]
async fn a_quota_is_the_accounts_own_or_the_default_or_none() {
    let wire = Wire::answering(|sent| match (sent.operation.as_str(), sent.body["QuotaCode"].as_str()) {
        ("GetServiceQuota", Some("own")) => (200, json!({"Quota": {"Value": 10.0}}).to_string()),
        ("GetAWSDefaultServiceQuota", Some("default")) => (200, json!({"Quota": {"Value": 5.0}}).to_string()),
        ("GetServiceQuota", Some("closed")) => refusal("AccessDeniedException", "You may not."),
        _ => refusal("NoSuchResourceException", "None."),
    });
    let preflight = wire.cloud().preflight;
    for (code, value) in [("own", Some(10.0)), ("default", Some(5.0)), ("none", None)] {
        assert_eq!(preflight.quota("ecs", code).await.expect("an answer"), value, "{code}");
    }
    preflight.quota("ecs", "closed").await.expect_err("not an answer");
}

#[tokio::test]
async fn alarms_of_both_kinds_are_told() {
    use aws_sdk_cloudwatch::Client;
    use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
    use aws_sdk_cloudwatch::types::{CompositeAlarm, MetricAlarm};
    use aws_smithy_mocks::{RuleMode, mock, mock_client};

    let rule = mock!(Client::describe_alarms).then_compute_output(|request| {
        let asked: BTreeSet<_> = request.alarm_types().iter().map(AlarmType::as_str).collect();
        assert_eq!(asked, BTreeSet::from(["CompositeAlarm", "MetricAlarm"]));
        assert!(request.alarm_names().len() <= 100, "CloudWatch takes 100 at most");
        let metric = request.alarm_names().iter().filter(|name| *name != "absent" && *name != "both");
        let metric = metric.map(|name| MetricAlarm::builder().alarm_name(name).state_value(StateValue::Ok).build());
        let both = request.alarm_names().iter().filter(|name| *name == "both");
        let both = both.map(|name| CompositeAlarm::builder().alarm_name(name).state_value(StateValue::Alarm).build());
        let answer = DescribeAlarmsOutput::builder().set_metric_alarms(Some(metric.collect()));
        answer.set_composite_alarms(Some(both.collect())).build()
    });
    let sdk = mock_client!(aws_sdk_cloudwatch, RuleMode::MatchAny, [&rule]);
    let alarms = Alarms { sdk, errors: Errors::new("cloudwatch", LastEndpoint::default()) };
    let mut names: Vec<_> = (0..120).map(|number| format!("alarm-{number}")).collect();
    names.extend(["both".to_owned(), "absent".to_owned()]);
    let states = alarms.states(&names).await.expect("states");
    assert_eq!((states.len(), states["both"], states["alarm-0"]), (121, AlarmState::Firing, AlarmState::Fine));
    assert_eq!(rule.num_calls(), 2);
    assert_eq!(alarm_state(Some(&StateValue::InsufficientData)), Some(AlarmState::NotEnoughData));
    assert_eq!(alarm_state(Some(&StateValue::from("novel"))), None);
}
