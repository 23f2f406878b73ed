use serde_json::{Value, json};

use super::*;
use crate::wire::{Wire, refusal};

fn places(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn present(version: &str, arn: &str) -> ObservedSecret {
    ObservedSecret::Present { version: version.to_owned(), arn: arn.to_owned() }
}

#[tokio::test]
async fn parameters_are_asked_for_fifty_at_a_time_and_never_for_their_values() {
    let wire = Wire::answering(|sent| {
        assert_eq!(sent.operation, "DescribeParameters");
        let names = sent.body["ParameterFilters"][0]["Values"].as_array().expect("names").clone();
        let more = sent.body.get("NextToken").is_some();
        let found: Vec<Value> = names
            .iter()
            .filter(|name| *name != "/dev/007" && more)
            .map(|name| json!({"Name": name, "ARN": format!("arn:{}", name.as_str().expect("text")), "Version": 3}))
            .collect();
        let mut answer = json!({"Parameters": found});
        if !more {
            // An empty page is not the last.
            answer["NextToken"] = json!("more");
        }
        (200, answer.to_string())
    });
    let names: Vec<_> = (0..60).map(|number| format!("ssm:/dev/{number:03}")).collect();
    let secrets = wire.cloud().secrets.secrets(&names.iter().cloned().collect()).await.expect("an answer");
    assert_eq!(secrets.keys().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
    assert_eq!(secrets["ssm:/dev/007"], ObservedSecret::Missing);
    assert_eq!(secrets["ssm:/dev/008"], present("3", "arn:/dev/008"));
    assert_eq!(wire.sent().len(), 2 * 2);
    let filter = &wire.sent()[0].body["ParameterFilters"][0];
    assert_eq!((&filter["Key"], &filter["Option"]), (&json!("Name"), &json!("Equals")));
}

#[tokio::test]
async fn a_secret_has_its_current_version_or_is_empty() {
    let wire = Wire::answering(|sent| {
        match sent.body["SecretId"].as_str() {
        Some("filled") => (200, json!({"ARN": "arn:filled-AbCdEf", "VersionIdsToStages": {"old": ["AWSPREVIOUS"], "new": ["x", "AWSCURRENT"]}}).to_string()),
        Some("empty") => (200, json!({"ARN": "arn:empty-AbCdEf"}).to_string()),
        Some("going") => (200, json!({"ARN": "arn", "DeletedDate": 1.5, "VersionIdsToStages": {"new": ["AWSCURRENT"]}}).to_string()),
        Some("closed") => refusal("AccessDeniedException", "You may not."),
        _ => refusal("ResourceNotFoundException", "No such secret."),
    }
    });
    let names = ["filled", "empty", "going", "closed", "absent"].map(|name| format!("secretsmanager:{name}"));
    let secrets = wire.cloud().secrets.secrets(&names.into_iter().collect()).await.expect("an answer");
    assert_eq!(secrets["secretsmanager:filled"], present("new", "arn:filled-AbCdEf"));
    assert_eq!(secrets["secretsmanager:empty"], ObservedSecret::Empty);
    assert_eq!(secrets["secretsmanager:absent"], ObservedSecret::Missing);
    for (name, why) in [("going", "scheduled for deletion"), ("closed", "You may not.")] {
        let secret = &secrets[&format!("secretsmanager:{name}")];
        assert!(matches!(secret, ObservedSecret::Unreadable { why: said } if said.contains(why)), "{secret:?}");
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_no_error_and_what_cannot_be_is_one() {
    let denied = Wire::answering(|_| refusal("AccessDeniedException", "You may not."));
    let secrets = denied.cloud().secrets.secrets(&places(&["ssm:/a", "ssm:/b"])).await.expect("an answer");
    assert!(secrets.values().all(|secret| matches!(secret, ObservedSecret::Unreadable { .. })), "{secrets:?}");
    let failing = Wire::answering(|_| refusal("InternalServerError", "Later."));
    failing.cloud().secrets.secrets(&places(&["ssm:/a"])).await.expect_err("not an answer");
    let nowhere = failing.cloud().secrets.secrets(&places(&["vault:/a"])).await;
    assert_eq!(nowhere.expect_err("no place").message, "vault:/a is no place of a secret");
    assert_eq!(failing.cloud().secrets.secrets(&BTreeSet::new()).await.expect("nothing to ask"), BTreeMap::new());
}

#[tokio::test]
async fn the_value_of_one_secret_is_read_as_it_is_referred_to_and_never_told_in_an_error() {
    let wire = Wire::answering(|sent| match sent.operation.as_str() {
        "GetParameter" => {
            assert_eq!(sent.body["WithDecryption"], true);
            (200, json!({"Parameter": {"Value": "hunter2"}}).to_string())
        }
        "GetSecretValue" if sent.body["SecretId"] == "missing" => {
            refusal("ResourceNotFoundException", "No such secret.")
        }
        "GetSecretValue" => (200, json!({"SecretString": "{\"token\": \"hunter2\"}"}).to_string()),
        other => panic!("{other} was sent"),
    });
    let cloud = wire.cloud();
    let place = |place: &str| SecretReference::Place(place.to_owned());
    let part = |key: &str, version: Option<&str>| {
        SecretReference::Part(ops_model::declaration::SecretPart {
            from: "secretsmanager:users".to_owned(),
            key: Some(key.to_owned()),
            version: version.map(str::to_owned),
        })
    };
    for reference in [place("ssm:/dev/token"), part("token", None)] {
        assert_eq!(cloud.secrets.value(&reference).await.expect("a value").expose(), "hunter2");
    }
    cloud.secrets.value(&part("token", Some("v1"))).await.expect("a value");
    assert_eq!(wire.sent()[2].body["VersionId"], "v1");
    let error = cloud.secrets.value(&part("tokn", None)).await.expect_err("no such key");
    assert!(error.message.contains("no key tokn") && !format!("{error:?}").contains("hunter2"), "{error:?}");
    assert!(cloud.secrets.value(&place("secretsmanager:missing")).await.expect_err("not there").is_not_found());
    assert!(cloud.secrets.value(&place("vault:x")).await.expect_err("no place").message.contains("no place"));
}
