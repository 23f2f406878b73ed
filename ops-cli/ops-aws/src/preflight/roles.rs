//! Who may take a role, and what the role may do.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use ops_engine::cloud::{CloudError, Role};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::IamRoles;

const GET: &str = "GetRole";
const SIMULATE: &str = "SimulatePrincipalPolicy";

/// IAM answers few calls a second.
const CONCURRENT_READS: usize = 4;

impl IamRoles {
    pub(super) async fn role(&self, arn: &str) -> Result<Option<Role>, CloudError> {
        let name = arn.rsplit('/').next().unwrap_or_default();
        match self.sdk.get_role().role_name(name).send().await.map_err(|error| self.errors.of(GET, error)) {
            // A role of that name under another path is another role.
            Ok(answer) => match answer.role.filter(|role| role.arn() == arn) {
                Some(role) => {
                    let policy = role.assume_role_policy_document().unwrap_or_default();
                    let trusted = trusted_services(policy);
                    Ok(Some(Role { trusted_services: trusted.map_err(|why| self.errors.unexpected(GET, why))? }))
                }
                None => Ok(None),
            },
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn simulate(
        &self,
        role_arn: &str,
        requests: &[(String, String)],
    ) -> Result<BTreeMap<(String, String), bool>, CloudError> {
        let mut by_resource: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (action, resource) in requests {
            by_resource.entry(resource.clone()).or_default().insert(action.clone());
        }
        stream::iter(by_resource)
            .map(|(resource, actions)| self.simulate_on(role_arn, resource, actions))
            .buffer_unordered(CONCURRENT_READS)
            .try_concat()
            .await
    }

    async fn simulate_on(
        &self,
        role_arn: &str,
        resource: String,
        actions: BTreeSet<String>,
    ) -> Result<BTreeMap<(String, String), bool>, CloudError> {
        let request = self.sdk.simulate_principal_policy().policy_source_arn(role_arn).resource_arns(&resource);
        let request = request.set_action_names(Some(actions.iter().cloned().collect()));
        let mut results = request.into_paginator().items().send();
        let mut decisions = BTreeMap::new();
        while let Some(result) = results.next().await {
            let result = result.map_err(|error| self.errors.of(SIMULATE, error))?;
            let allowed = *result.eval_decision() == PolicyEvaluationDecisionType::Allowed;
            decisions.insert((result.eval_action_name().to_owned(), resource.clone()), allowed);
        }
        let unanswered =
            actions.into_iter().find(|action| !decisions.contains_key(&(action.clone(), resource.clone())));
        match unanswered {
            Some(action) => Err(self.errors.unexpected(SIMULATE, format!("no decision on {action}"))),
            None => Ok(decisions),
        }
    }
}

/// Of a trust policy, which IAM gives percent-encoded.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>
fn trusted_services(policy: &str) -> Result<Vec<String>, String> {
    let policy = percent_decode_str(policy).decode_utf8().map_err(|error| error.to_string())?;
    let policy: Value =
        serde_json::from_str(&policy).map_err(|error| format!("the trust policy is no JSON: {error}"))?;
    let services: BTreeSet<_> = one_or_many(policy.get("Statement"))
        .filter(|statement| statement.get("Effect").and_then(Value::as_str) == Some("Allow"))
        .filter(|statement| one_or_many(statement.get("Action")).filter_map(Value::as_str).any(takes_role))
        .flat_map(|statement| one_or_many(statement.pointer("/Principal/Service")).filter_map(Value::as_str))
        .map(str::to_owned)
        .collect();
    Ok(services.into_iter().collect())
}

fn takes_role(action: &str) -> bool {
    matches!(action, "sts:AssumeRole" | "sts:*" | "*")
}

/// Where a policy may say one thing without a list.
fn one_or_many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(values)) => values.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    }
    .iter()
}
