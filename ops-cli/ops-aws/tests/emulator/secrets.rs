//! Secrets: their versions, never their values.

use std::collections::BTreeSet;

use aws_sdk_ssm::types::ParameterType;
use ops_model::observation::ObservedSecret;

use crate::fixture::Fixture;

#[tokio::test]
async fn secrets_tell_their_version_and_move_on_when_they_are_rotated() {
    let fixture = Fixture::start().await;
    let parameters = aws_sdk_ssm::Client::new(&fixture.sdk);
    let secrets = aws_sdk_secretsmanager::Client::new(&fixture.sdk);
    let put =
        || parameters.put_parameter().name("/test/key").r#type(ParameterType::SecureString).value("v").overwrite(true);
    put().send().await.expect("put");
    secrets.create_secret().name("test/empty").send().await.expect("created");
    let filled = secrets.create_secret().name("test/filled").secret_string("v").send().await.expect("created");

    let places = [
        "ssm:/test/key",
        "ssm:/test/absent",
        "secretsmanager:test/empty",
        "secretsmanager:test/filled",
        "secretsmanager:test/absent",
    ];
    let places: BTreeSet<_> = places.map(str::to_owned).into();
    let read = || async { fixture.cloud.secrets.secrets(&places).await.expect("an answer") };
    let before = read().await;
    assert_eq!(before.keys().collect::<BTreeSet<_>>(), places.iter().collect());
    assert!(
        matches!(&before["ssm:/test/key"], ObservedSecret::Present { version, arn } if version == "1" && arn.ends_with(":parameter/test/key")),
        "{before:?}"
    );
    assert_eq!(before["ssm:/test/absent"], ObservedSecret::Missing);
    assert_eq!(before["secretsmanager:test/empty"], ObservedSecret::Empty);
    assert_eq!(before["secretsmanager:test/absent"], ObservedSecret::Missing);
    let (arn, version) = (filled.arn.expect("an ARN"), filled.version_id.expect("a version"));
    assert_eq!(before["secretsmanager:test/filled"], ObservedSecret::Present { version, arn: arn.clone() });

    put().send().await.expect("put again");
    let rotated = secrets.put_secret_value().secret_id("test/filled").secret_string("w").send().await.expect("put");
    let after = read().await;
    assert!(matches!(&after["ssm:/test/key"], ObservedSecret::Present { version, .. } if version == "2"), "{after:?}");
    let version = rotated.version_id.expect("a version");
    assert_eq!(after["secretsmanager:test/filled"], ObservedSecret::Present { version, arn });
    let calls = fixture.cloud.calls.calls();
    assert!(calls.keys().all(|call| call.contains(":Describe")), "{calls:?}");
}
