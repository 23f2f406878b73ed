//! What others have in the same account.

use std::collections::BTreeMap;

use ops_engine::cloud::CloudError;
use ops_model::observation::{ObservedService, ServiceSettings};
use ops_model::ownership::ENVIRONMENT_TAG;
use ops_model::security_group::{Direction, Peer, Permission, SecurityGroupRule};
use ops_model::task_definition::TaskDefinition;
use ops_sim::SimulatedAccount;
use serde_json::{Map, Value, json};

use crate::finding::{Broken, Property};
use crate::images::image;
use crate::platform::{BUCKET, CLUSTER};

/// Id of a security group.
pub(crate) const GROUP: &str = "sg-theirs";
/// Untagged, and one of another environment.
const SERVICES: [(&str, Option<&str>); 2] = [("theirs", None), ("prod-api", Some("prod"))];
const THEIR_BUCKET: &str = "theirs";
/// In our bucket, and not ours.
const NOTES: &str = "notes/read-me.txt";

/// All of it, as it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Foreign {
    services: BTreeMap<String, (Value, BTreeMap<String, String>, usize)>,
    rules: Vec<SecurityGroupRule>,
    objects: BTreeMap<String, Vec<u8>>,
    notes: Option<Vec<u8>>,
}

pub(crate) fn settle(account: &SimulatedAccount) -> Result<(), CloudError> {
    let by_hand = account.by_hand(CLUSTER);
    for (name, environment) in SERVICES {
        let container = json!({"name": "app", "image": image('a'), "essential": true});
        let content = json!({"family": name, "cpu": "256", "memory": "512", "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"], "containerDefinitions": [container]});
        let network = json!({"subnets": ["subnet-1"], "securityGroups": [GROUP], "assignPublicIp": "ENABLED"});
        let settings = json!({"desiredCount": 1, "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": network}});
        let tags = environment.map(|name| (ENVIRONMENT_TAG.to_owned(), name.to_owned())).into_iter().collect();
        by_hand.create_service(name, &TaskDefinition(object(content)), ServiceSettings(object(settings)), tags)?;
    }
    by_hand.create_security_group(GROUP);
    let anyone = Permission::tcp(Direction::Ingress, (22, 22), Peer::anyone());
    by_hand.open(GROUP, anyone, "theirs")?;
    account.put_object(THEIR_BUCKET, "index.html", b"theirs".to_vec());
    account.put_object(BUCKET, NOTES, b"theirs".to_vec());
    Ok(())
}

impl Foreign {
    pub(crate) fn of(account: &SimulatedAccount) -> Self {
        let there = account.true_services(CLUSTER);
        let services = SERVICES.iter().filter_map(|(name, _)| there.get(*name)).map(|service| {
            let ObservedService { name, settings, task_definition, tags, .. } = &service.observed;
            let set = json!({"settings": settings, "task_definition": task_definition.arn});
            (name.clone(), (set, tags.clone(), service.rollouts.len()))
        });
        Self {
            services: services.collect(),
            rules: account.by_hand(CLUSTER).rules(GROUP),
            objects: account.true_objects(THEIR_BUCKET),
            notes: account.true_objects(BUCKET).remove(NOTES),
        }
    }

    pub(crate) fn is_untouched(&self, account: &SimulatedAccount) -> Result<(), Broken> {
        let now = Self::of(account);
        Property::LeavesOthersAlone.holds_if(*self == now, || format!("{self:?} has become {now:?}"))
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
