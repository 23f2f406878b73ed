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
